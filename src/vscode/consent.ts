import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { PrivilegedVariable } from '../core/settings/privileged-variables';
import { cancelled } from '../core/problem';
import { stringsOf } from './recent-bentos';

interface Question {
  readonly message: string;
  readonly detail: string;
  readonly agree: string;
}

/** Asks before settings do what a person has to want: once per workspace for each address and value. */
export class Consent {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** Before a bento listens where other machines can reach it. @throws ServeError `cancelled` */
  async exposure(name: string, hosts: readonly string[], known: readonly string[]): Promise<void> {
    await this.#ask('exposedHosts', hosts, (fresh) => ({
      message: vscode.l10n.t('Let other machines reach {0}?', name),
      detail: [
        vscode.l10n.t(
          'The settings have it listen on {0}. BentoML asks nobody who calls: everyone who reaches this address can use the service. This is asked once for this workspace.',
          fresh.join(', '),
        ),
        ...known,
      ].join('\n\n'),
      agree: vscode.l10n.t('Listen There'),
    }));
  }

  /** Before variables are set that decide which code runs. @throws ServeError `cancelled` */
  async variables(name: string, variables: readonly PrivilegedVariable[]): Promise<void> {
    // Values may be secret: they are remembered by a hash.
    const byToken = new Map(variables.map((one) => [hash(`${one.name}=${one.value}`), one.name]));
    await this.#ask('privilegedVariables', [...byToken.keys()], (fresh) => {
      const names = fresh.map((token) => byToken.get(token) ?? '').join(', ');
      return {
        message: vscode.l10n.t('Let this workspace set {0} for {1}?', names, name),
        detail: vscode.l10n.t(
          'Its settings set variables that decide which code is run or where requests go. Allow it if you know why they are there. This is asked once for these values.',
        ),
        agree: vscode.l10n.t('Allow'),
      };
    });
  }

  async #ask(
    key: string,
    tokens: readonly string[],
    question: (fresh: readonly string[]) => Question,
  ): Promise<void> {
    const given = stringsOf(this.#state.get(key));
    const fresh = tokens.filter((token) => !given.includes(token));
    if (fresh.length === 0) return;
    const { message, detail, agree } = question(fresh);
    const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, agree);
    if (answer !== agree) throw cancelled();
    await this.#state.update(key, [...given, ...fresh]);
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
