import type { BentoWarning, LeftoverDeployment } from '../../core/bento-manager';
import type { Localize } from '../localize';
import { translated } from '../problems/problem-text';

/** Returns the text of a warning for the row. */
export function warningWords(warning: BentoWarning, l10n: Localize): string {
  switch (warning.kind) {
    case 'leftoverDeployment':
      return leftWords(warning, l10n);
    case 'debuggerLeft':
      return l10n.t('runs with the debugger: restart to remove it');
    case 'certificateExpires':
      return expiry(warning.days, l10n);
    case 'certificateReplaced':
      return l10n.t('new certificate: restart to apply');
    case 'readinessUnknown':
      return l10n.t('{0} requires a client certificate', warning.component);
  }
}

/** Returns the sentence of a warning for the tooltip, with the next step. */
export function warningSentence(warning: BentoWarning, l10n: Localize): string {
  if (warning.kind === 'leftoverDeployment') return translated(warning.message, l10n);
  if (warning.kind === 'debuggerLeft') {
    return l10n.t(
      'Containers run with the debugger, but this window does not debug them: an earlier window left them so, or another window debugs them. To replace them with normal ones, restart the bento.',
    );
  }
  const { kind, component } = warning;
  switch (kind) {
    case 'certificateExpires':
      return l10n.t(
        'The certificate {0} of {1}: {2}. Renew it, then restart.',
        warning.file,
        component,
        expiry(warning.days, l10n),
      );
    case 'certificateReplaced':
      return l10n.t(
        'The certificate {0} was replaced, but {1} still uses the old one: restart it to apply the new one.',
        warning.file,
        component,
      );
    case 'readinessUnknown':
      return l10n.t(
        'The readiness of {0} cannot be checked, because it requires a client certificate: set serveBento.{0}.tls.clientCertFile and serveBento.{0}.tls.clientKeyFile. Until then only its TLS handshake is checked.',
        component,
      );
  }
}

function leftWords({ engine, isFound }: LeftoverDeployment, l10n: Localize): string {
  if (engine.kind === 'kubernetes') {
    return isFound ? l10n.t('also runs on Kubernetes') : l10n.t('may still run on Kubernetes');
  }
  return isFound
    ? l10n.t('also runs on Docker Compose')
    : l10n.t('may still run on Docker Compose');
}

function expiry(days: number, l10n: Localize): string {
  if (days < 0) return l10n.t('certificate has expired');
  if (days === 0) return l10n.t('certificate expires within a day');
  return days === 1
    ? l10n.t('certificate expires in 1 day')
    : l10n.t('certificate expires in {0} days', days);
}
