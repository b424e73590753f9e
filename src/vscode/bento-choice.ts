import path from 'node:path';
import * as vscode from 'vscode';
import type { BentoManager } from '../core/bento-manager';
import type { Bento } from '../core/model';
import type { TreeElement } from './bento-tree';
import { bentoRow } from './tree-items';

interface BentoItem extends vscode.QuickPickItem {
  readonly bento: Bento;
}

/** Finds out which bento a command is meant for, and asks only when there is a choice. */
export class BentoChoice {
  readonly #manager: BentoManager;
  readonly #recent: string[] = [];

  constructor(manager: BentoManager) {
    this.#manager = manager;
  }

  /** From a row, a file or folder, an id, or the palette with nothing; undefined when the person gave up. */
  async bento(
    argument: unknown,
    placeholder: string,
    suits: (bento: Bento) => boolean,
  ): Promise<Bento | undefined> {
    const { bentos } = this.#manager;
    const named = idOf(argument);
    if (named !== undefined) return bentos.find(({ id }) => id === named);
    const suitable = bentos.filter(suits);
    const uri = argument instanceof vscode.Uri ? argument : undefined;
    const inPlace = this.#at(uri, suitable);
    if (uri !== undefined) return this.#one(inPlace, placeholder);
    const active = vscode.window.activeTextEditor?.document.uri;
    const inEditor = this.#at(active, suitable);
    if (inEditor.length === 1) return inEditor[0];
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
    if (isElement(argument) && argument.type === 'component') {
      return { bento: argument.bento, component: argument.id };
    }
    const only = idOf(argument);
    const items = this.#manager.bentos
      .filter(({ id }) => only === undefined || id === only)
      .flatMap((bento) =>
        bento.components
          .filter((component) => suits(bento, component))
          .map((component) => ({
            label: component.kind === 'http' || component.kind === 'grpc' ? component.kind : component.name,
            description: `${bento.name} · ${component.state}`,
            target: { bento: bento.id, component: component.id },
          })),
      );
    if (items.length < 2 || only !== undefined) return items[0]?.target;
    return (await vscode.window.showQuickPick(items, { placeHolder: placeholder }))?.target;
  }

  /** The one used last is offered first. */
  remember(id: string): void {
    const known = this.#recent.indexOf(id);
    if (known !== -1) this.#recent.splice(known, 1);
    this.#recent.unshift(id);
  }

  #at(uri: vscode.Uri | undefined, bentos: readonly Bento[]): readonly Bento[] {
    if (uri?.scheme !== 'file') return [];
    const of = (bento: Bento) => this.#manager.discovered(bento.id);
    const exact = bentos.filter((bento) => of(bento)?.file === uri.fsPath);
    if (exact.length > 0) return exact;
    const folder = ['bentofile.yaml', 'bentofile.yml', 'pyproject.toml'].includes(
      path.basename(uri.fsPath),
    )
      ? path.dirname(uri.fsPath)
      : uri.fsPath;
    return bentos.filter((bento) => of(bento)?.workingDir === folder);
  }

  async #one(bentos: readonly Bento[], placeHolder: string): Promise<Bento | undefined> {
    if (bentos.length < 2) return bentos[0];
    const rank = ({ id, source }: Bento): number => {
      const recent = this.#recent.indexOf(id);
      return recent === -1 ? 1000 + (source === 'store' ? 1 : 0) : recent;
    };
    const items = [...bentos]
      .sort((a, b) => rank(a) - rank(b))
      .map((bento): BentoItem => ({
        label: bento.name,
        description: bentoRow(bento, '').description,
        detail: bento.id,
        bento,
      }));
    const options = { placeHolder, matchOnDetail: true };
    return (await vscode.window.showQuickPick(items, options))?.bento;
  }
}

function isElement(argument: unknown): argument is TreeElement {
  return typeof argument === 'object' && argument !== null && 'type' in argument;
}

function idOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (!isElement(argument)) return undefined;
  if (argument.type === 'bento') return argument.id;
  return argument.type === 'component' ? argument.bento : undefined;
}
