import * as vscode from 'vscode';
import type { BentoReader } from '../../core/bento-manager';
import type { DiscoveredBento } from '../../core/discovery/discovered-bento';
import type { Bento } from '../../core/model';
import { bentosAt } from '../sources/bento-files';
import { byRecency } from '../sources/by-recency';
import { fullTitle } from '../tree/component-title';
import { plainWindow } from '../plain-window';
import type { RecentBentos } from '../sources/recent-bentos';
import { stateIcons } from '../tree/state-icon';
import { bentoStateWord, componentStateWord } from '../tree/state-labels';
import { targetOf } from './target';

interface BentoItem extends vscode.QuickPickItem {
  readonly bento: Bento;
}

/** Finds out which bento a command is meant for, and asks only when there is a choice. */
export class BentoChoice {
  readonly #manager: BentoReader;
  readonly #recent: RecentBentos;

  constructor(manager: BentoReader, recent: RecentBentos) {
    this.#manager = manager;
    this.#recent = recent;
  }

  /** From a row, a file or folder, an id, or the palette with nothing; undefined when the person gave up. */
  async bento(
    argument: unknown,
    placeholder: string,
    suits: (bento: Bento) => boolean,
  ): Promise<Bento | undefined> {
    const { bentos } = this.#manager;
    const named = targetOf(argument)?.bento;
    if (named !== undefined) return this.#manager.bento(named);
    const suitable = bentos.filter(suits);
    const uri = argument instanceof vscode.Uri ? argument : undefined;
    const inPlace = this.#at(uri, suitable);
    if (uri !== undefined) return this.#one(inPlace, placeholder);
    const active = vscode.window.activeTextEditor?.document.uri;
    const inEditor = this.#at(active, suitable);
    if (inEditor.length > 0) return this.#one(inEditor, placeholder);
    // What was built is served on purpose; the palette is for what is being written.
    const own = suitable.filter(({ source }) => source !== 'store');
    return own.length === 1 ? own[0] : this.#one(suitable, placeholder);
  }

  /** A component's row, or one of those that suit, asked for. */
  async component(
    argument: unknown,
    placeholder: string,
    suits: (bento: Bento, component: Bento['components'][number]) => boolean,
  ): Promise<{ bento: string; component: string } | undefined> {
    const named = targetOf(argument);
    if (named?.component !== undefined) return { bento: named.bento, component: named.component };
    const only = named?.bento;
    const items = this.#manager.bentos
      .filter(({ id }) => only === undefined || id === only)
      .flatMap((bento) =>
        bento.components
          .filter((component) => suits(bento, component))
          .map((component) => ({
            label: fullTitle(bento, component),
            description: componentStateWord(component, vscode.l10n),
            iconPath: new vscode.ThemeIcon(stateIcons[component.state].id),
            target: { bento: bento.id, component: component.id },
          })),
      );
    if (items.length < 2 || only !== undefined) return items[0]?.target;
    return (await plainWindow.showQuickPick(items, { placeHolder: placeholder }))?.target;
  }

  /** The one used last is offered first. */
  remember(id: string): void {
    this.#recent.used(id);
  }

  #at(uri: vscode.Uri | undefined, bentos: readonly Bento[]): readonly Bento[] {
    if (uri?.scheme !== 'file') return [];
    const ids = bentosAt(uri.fsPath, this.#found()).map(({ id }) => id);
    return bentos.filter(({ id }) => ids.includes(id));
  }

  #found(): readonly DiscoveredBento[] {
    return this.#manager.bentos
      .map(({ id }) => this.#manager.discovered(id))
      .filter((bento): bento is DiscoveredBento => bento !== undefined);
  }

  async #one(bentos: readonly Bento[], placeHolder: string): Promise<Bento | undefined> {
    if (bentos.length < 2) return bentos[0];
    const items = byRecency(bentos, this.#recent.ids).map((bento): BentoItem => ({
      label: bento.displayName,
      description: bentoStateWord(bento, vscode.l10n),
      detail: bento.id,
      iconPath: new vscode.ThemeIcon(stateIcons[bento.state].id),
      bento,
    }));
    const options = { placeHolder, matchOnDescription: true, matchOnDetail: true };
    return (await plainWindow.showQuickPick(items, options))?.bento;
  }
}
