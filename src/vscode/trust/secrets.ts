import * as vscode from 'vscode';
import type { Store } from '../../core/target/local/ports/sticky-ports';
import type { SecretUse } from '../../core/settings/secrets';
import { cancelled } from '../../core/problem';
import { plainWindow } from '../plain-window';
import { stringsOf } from '../sources/recent-bentos';

/** Where the names of what is in the secret storage are kept, which does not tell them itself. */
const key = 'secrets';
/** No name that settings can use begins so. */
const keyPrefix = '%key:';

/**
 * Secrets of the settings, as `${secret:NAME}` names them: asked for once, kept in VS Code's secret storage, each for
 * one folder and one variable of its settings: no other folder or variable gets it by naming it.
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
    uses: readonly SecretUse[],
    prompt?: string,
  ): Promise<(use: SecretUse) => string | undefined> {
    const found = new Map<string, string>();
    for (const use of uses) {
      const place = placeOf(folder, nameOf(use));
      const kept = await this.#storage.get(place);
      found.set(nameOf(use), kept ?? (await this.#ask(place, use, prompt)));
    }
    return (use) => found.get(nameOf(use));
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
          ? vscode.l10n.t('Wrong password. Try again.')
          : vscode.l10n.t(
              "The key is encrypted. Its password is stored in VS Code's secret storage, for this folder only, and is never passed to another process.",
            ),
      )
    );
  }

  /** Whether all of them are kept. */
  async has(folder: string, uses: readonly SecretUse[]): Promise<boolean> {
    for (const use of uses) {
      if ((await this.#storage.get(placeOf(folder, nameOf(use)))) === undefined) return false;
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
      placeHolder: vscode.l10n.t('You are asked for them again at the next serve.'),
    });
    for (const { place } of chosen ?? []) await this.#storage.delete(place);
    const gone = new Set(chosen?.map(({ place }) => place));
    await this.#state.update(
      key,
      places.filter((place) => !gone.has(place)),
    );
    return true;
  }

  #ask(place: string, { secret, variable }: SecretUse, prompt?: string): Promise<string> {
    return this.#askFor(
      place,
      vscode.l10n.t('Secret {0}', secret),
      prompt ??
        vscode.l10n.t(
          "The settings of this folder use it for {0}. It is stored in VS Code's secret storage, for this folder and variable only.",
          variable,
        ),
    );
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

/** Neither part has a space or a slash. */
const nameOf = ({ secret, variable }: SecretUse): string =>
  `${secret}/${encodeURIComponent(variable)}`;

const placeOf = (folder: string, name: string): string => `${name} ${folder}`;

function labelOf(name: string): string {
  if (name.startsWith(keyPrefix)) {
    return vscode.l10n.t('Password of {0}', decodeURIComponent(name.slice(keyPrefix.length)));
  }
  const [secret = '', variable] = name.split('/');
  return variable === undefined ? secret : `${secret} (${decodeURIComponent(variable)})`;
}

/** A name has no space. */
function parsePlace(place: string): { readonly folder: string; readonly name: string } {
  const end = place.indexOf(' ');
  return { name: place.slice(0, end), folder: place.slice(end + 1) };
}
