import type { KeyedFiles } from '../../src/core/keyed-files';

/** Files of later windows, in memory. */
export class MemoryFiles implements Pick<KeyedFiles, 'read' | 'write' | 'remove'> {
  readonly texts = new Map<string, string>();

  read(key: string): Promise<unknown> {
    const text = this.texts.get(key);
    return Promise.resolve(text === undefined ? undefined : JSON.parse(text));
  }

  write(key: string, text: string): Promise<void> {
    this.texts.set(key, text);
    return Promise.resolve();
  }

  remove(key: string): Promise<void> {
    this.texts.delete(key);
    return Promise.resolve();
  }
}
