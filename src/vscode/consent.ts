import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { PrivilegedVariable } from '../core/settings/privileged-variables';
import { cancelled } from '../core/problem';
import { plainWindow } from './plain-window';
import { stringsOf } from './recent-bentos';

interface Question {
  readonly message: string;
  readonly detail: string;
  readonly agree: string;
}

// Where the answers are kept.
const exposedHosts = 'exposedHosts';
const privilegedVariables = 'privilegedVariables';

/** Asks before settings do what a person has to want: once per workspace for each address and value. */
export class Consent {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** Whether both questions would be asked no more. */
  has(hosts: readonly string[], variables: readonly PrivilegedVariable[]): boolean {
    const tokens = variables.map(tokenOf);
    return (
      this.#fresh(exposedHosts, hosts).length === 0 &&
      this.#fresh(privilegedVariables, tokens).length === 0
    );
  }

  /** Before a bento listens where other machines can reach it. @throws ServeError `cancelled` */
  async exposure(name: string, hosts: readonly string[], known: readonly string[]): Promise<void> {
    await this.#ask(exposedHosts, hosts, (fresh) => ({
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
    const byToken = new Map(variables.map((one) => [tokenOf(one), one.name]));
    await this.#ask(privilegedVariables, [...byToken.keys()], (fresh) => {
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
    const fresh = this.#fresh(key, tokens);
    if (fresh.length === 0) return;
    const { message, detail, agree } = question(fresh);
    const answer = await plainWindow.showWarningMessage(message, { modal: true, detail }, agree);
    if (answer !== agree) throw cancelled();
    await this.#state.update(key, [...stringsOf(this.#state.get(key)), ...fresh]);
  }

  #fresh(key: string, tokens: readonly string[]): readonly string[] {
    const given = stringsOf(this.#state.get(key));
    return tokens.filter((token) => !given.includes(token));
  }
}

/** Values may be secret: they are remembered by a hash. */
const tokenOf = ({ name, value }: PrivilegedVariable): string =>
  createHash('sha256').update(`${name}=${value}`).digest('hex');
