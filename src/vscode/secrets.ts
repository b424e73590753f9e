import * as vscode from 'vscode';
import type { Store } from '../core/ports/kept-ports';
import { cancelled } from '../core/problem';
import { plainWindow } from './plain-window';
import { stringsOf } from './recent-bentos';

/** Where the names of what is in the secret storage are kept, which does not tell them itself. */
const key = 'secrets';
/** No name that settings can use begins so. */
const keyPrefix = '%key:';

/**
 * Secrets of the settings, as `${secret:NAME}` names them: asked for once, kept in VS Code's secret storage, each for
 * one folder, so that no other folder gets it by naming it.
 */
export class Secrets {
  readonly #storage: vscode.SecretStorage;
  readonly #state: Store;

  constructor(storage: vscode.SecretStorage, state: Store) {
    this.#storage = storage;
    this.#state = state;
  }

  /** `prompt`: why they are asked for. @throws ServeError `cancelled` when one is not given. */
  async of(
    folder: string,
    names: readonly string[],
    prompt = vscode.l10n.t(
      "The settings of this folder use it. It is kept in VS Code's secret storage, for this folder only.",
    ),
  ): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const name of names) {
      const place = placeOf(folder, name);
      found.set(name, (await this.#storage.get(place)) ?? (await this.#ask(place, name, prompt)));
    }
    return found;
  }

  /** The password of a key file. `again`: what was kept or given is wrong. @throws ServeError `cancelled` when it is not given. */
  async keyPassword(folder: string, file: string, again: boolean): Promise<string> {
    const place = placeOf(folder, `${keyPrefix}${encodeURIComponent(file)}`);
    const kept = again ? undefined : await this.#storage.get(place);
    return (
      kept ??
      this.#askFor(
        place,
        vscode.l10n.t('Password of {0}', file),
        again
          ? vscode.l10n.t('The password does not open the key. Try another one.')
          : vscode.l10n.t(
              "The key has a password. It is kept in VS Code's secret storage, for this folder only, and no process gets it.",
            ),
      )
    );
  }

  /** Whether all of them are kept. */
  async has(folder: string, names: readonly string[]): Promise<boolean> {
    for (const name of names) {
      if ((await this.#storage.get(placeOf(folder, name))) === undefined) return false;
    }
    return true;
  }

  /** Asks which ones; false when none is kept. */
  async forget(): Promise<boolean> {
    const places = stringsOf(this.#state.get(key));
    if (places.length === 0) return false;
    const items = places.map((place) => {
      const { folder, name } = parsePlace(place);
      return { label: labelOf(name), description: folder, place };
    });
    const chosen = await plainWindow.showQuickPick(items, {
      canPickMany: true,
      title: vscode.l10n.t('Forget Secrets'),
      placeHolder: vscode.l10n.t('They are asked for again at the next serve.'),
    });
    for (const { place } of chosen ?? []) await this.#storage.delete(place);
    const gone = new Set(chosen?.map(({ place }) => place));
    await this.#state.update(
      key,
      places.filter((place) => !gone.has(place)),
    );
    return true;
  }

  #ask(place: string, name: string, prompt: string): Promise<string> {
    return this.#askFor(place, vscode.l10n.t('Secret {0}', name), prompt);
  }

  async #askFor(place: string, title: string, prompt: string): Promise<string> {
    const value = await plainWindow.showInputBox({
      title,
      prompt,
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (text === '' ? vscode.l10n.t('It cannot be empty.') : undefined),
    });
    if (value === undefined || value === '') throw cancelled();
    await this.#storage.store(place, value);
    const places = stringsOf(this.#state.get(key));
    await this.#state.update(key, [...new Set([...places, place])]);
    return value;
  }
}

const placeOf = (folder: string, name: string): string => `${name} ${folder}`;

const labelOf = (name: string): string =>
  name.startsWith(keyPrefix)
    ? vscode.l10n.t('Password of {0}', decodeURIComponent(name.slice(keyPrefix.length)))
    : name;

/** A name has no space. */
function parsePlace(place: string): { readonly folder: string; readonly name: string } {
  const end = place.indexOf(' ');
  return { name: place.slice(0, end), folder: place.slice(end + 1) };
}
