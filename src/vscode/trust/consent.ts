import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { Exposure } from '../../core/exposure/exposure';
import type { PrivilegedVariable } from '../../core/settings/privileged-variables';
import { shownText } from '../../core/settings/shown-value';
import { cancelled } from '../../core/problem';
import type { Store } from '../../core/target/local/ports/sticky-ports';
import { plainWindow } from '../plain-window';
import { stringsOf } from '../sources/recent-bentos';

/** The bento that a question is about: answers hold for its id. */
export interface ConsentSubject {
  readonly id: string;
  readonly displayName: string;
}

interface Question {
  readonly message: string;
  readonly detail: readonly string[];
}

// Where the answers are kept.
const allowedExposures = 'allowedExposures';
const privilegedVariables = 'privilegedVariables';

/** More would not fit a dialog; the rest is counted. */
const mostShown = 12;

/** Asks before settings do what a person has to want: once for each bento, component, address and value. */
export class Consent {
  readonly #state: Store;

  constructor(state: Store) {
    this.#state = state;
  }

  /** Whether nothing of it would be asked any more. */
  has(
    bento: string,
    exposed: readonly Exposure[],
    variables: readonly PrivilegedVariable[],
  ): boolean {
    return (
      exposed.every((one) => this.#isAllowed(allowedExposures, exposureToken(bento, one))) &&
      variables.every((one) => this.#isAllowed(privilegedVariables, variableToken(bento, one)))
    );
  }

  /**
   * Before a bento listens where other machines can reach it, or trusts another one: a question for each kind.
   * @param known what is known against its BentoML. @throws ServeError `cancelled`
   */
  async exposures(
    bento: ConsentSubject,
    exposed: readonly Exposure[],
    known: readonly string[],
  ): Promise<void> {
    for (const kind of ['service', 'code', 'local', 'remote'] as const) {
      await this.#ask(
        allowedExposures,
        exposed.filter((one) => one.kind === kind),
        (one) => exposureToken(bento.id, one),
        (fresh) => exposureQuestion(kind, bento.displayName, fresh, known),
      );
    }
  }

  /** Before variables are set that reach beyond the bento's own code. @throws ServeError `cancelled` */
  async variables(
    { id, displayName }: ConsentSubject,
    variables: readonly PrivilegedVariable[],
  ): Promise<void> {
    await this.#ask(
      privilegedVariables,
      variables,
      (one) => variableToken(id, one),
      (fresh) => ({
        message: vscode.l10n.t(
          '{0}: let this workspace set {1}?',
          displayName,
          listed(fresh.map(({ name }) => name)),
        ),
        detail: [
          lines(
            fresh.map(({ name, value }) =>
              value === null
                ? vscode.l10n.t('{0} (removed)', name)
                : `${name} = ${shownText(value, 120)}`,
            ),
          ),
          vscode.l10n.t(
            'These variables can change which programs, packages or libraries run, or where requests are sent. Allow only if you expect these values. You are asked once for each value.',
          ),
        ],
      }),
    );
  }

  async #ask<T>(
    key: string,
    all: readonly T[],
    tokenOf: (one: T) => string,
    question: (fresh: readonly T[]) => Question,
  ): Promise<void> {
    const fresh = all.filter((one) => !this.#isAllowed(key, tokenOf(one)));
    if (fresh.length === 0) return;
    const { message, detail } = question(fresh);
    const allow = vscode.l10n.t('Allow');
    const options = { modal: true, detail: detail.join('\n\n') };
    if ((await plainWindow.showWarningMessage(message, options, allow)) !== allow) {
      throw cancelled();
    }
    const tokens = [...stringsOf(this.#state.get(key)), ...fresh.map(tokenOf)];
    await this.#state.update(key, [...new Set(tokens)]);
  }

  #isAllowed(key: string, token: string): boolean {
    return stringsOf(this.#state.get(key)).includes(token);
  }
}

function exposureQuestion(
  kind: Exposure['kind'],
  bento: string,
  fresh: readonly Exposure[],
  known: readonly string[],
): Question {
  const asked = vscode.l10n.t('You are asked once for each component and address of this bento.');
  const places = lines(fresh.map(({ component, host, port }) => place(component, host, port)));
  switch (kind) {
    case 'service':
      return {
        message: vscode.l10n.t('{0}: let other machines reach it?', bento),
        detail: [
          places,
          vscode.l10n.t(
            'BentoML has no authentication: anyone who can reach this address can use the service.',
          ),
          ...known,
          asked,
        ],
      };
    case 'code':
      return {
        message: vscode.l10n.t('{0}: let other machines run code as you?', bento),
        detail: [
          places,
          vscode.l10n.t(
            'Runners and dependency services unpickle what they receive: anyone who can reach this port can run code as you.',
          ),
          ...known,
          asked,
        ],
      };
    case 'local':
      return {
        message: vscode.l10n.t(
          '{0}: use loopback ports for runners and dependency services?',
          bento,
        ),
        detail: [
          places,
          vscode.l10n.t(
            'Runners and dependency services unpickle what they receive: a web page open in your browser (DNS rebinding) or any user of this machine can run code as you through these ports. To use private Unix sockets instead, set serveBento.internalTransport to "auto" and remove host and port from serveBento.runners.',
          ),
          ...known,
          asked,
        ],
      };
    case 'remote':
      return {
        message: vscode.l10n.t('{0}: use components that run elsewhere?', bento),
        detail: [
          lines(fresh.map(({ component, host }) => `${component}: ${host}`)),
          vscode.l10n.t(
            'This workspace names these addresses. Requests are sent there, and the answers are unpickled here: whoever controls the address can run code as you.',
          ),
          asked,
        ],
      };
  }
}

function place(component: string, host: string, port: number | undefined): string {
  const address = host.includes(':') ? `[${host}]` : host;
  return port === undefined
    ? vscode.l10n.t('{0}: {1}, any free port', component, address)
    : `${component}: ${address}:${port}`;
}

const lines = (all: readonly string[]): string =>
  all.length <= mostShown
    ? all.join('\n')
    : [...all.slice(0, mostShown), vscode.l10n.t('and {0} more', all.length - mostShown)].join(
        '\n',
      );

const listed = (names: readonly string[]): string =>
  names.length <= 4
    ? names.join(', ')
    : vscode.l10n.t('{0} and {1} more variables', names.slice(0, 3).join(', '), names.length - 3);

const exposureToken = (bento: string, { kind, component, host, port }: Exposure): string =>
  JSON.stringify([bento, kind, component, host, port ?? null]);

/** Values may be secret: they are remembered by a hash. */
const variableToken = (bento: string, { name, value }: PrivilegedVariable): string =>
  createHash('sha256')
    .update(JSON.stringify([bento, name, value]))
    .digest('hex');
