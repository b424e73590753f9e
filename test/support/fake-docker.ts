import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Run, RunResult } from '../../src/core/programs/run';

const ended: RunResult = {
  ...{ stdout: '', stderr: '', exitCode: 0, signal: null },
  ...{ failed: false, timedOut: false, cancelled: false, flooded: false },
};

/** A folder for the PATH that has these programs, which are never run. */
export function programsFolder(names: readonly string[]): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-tools-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of names) {
    writeFileSync(path.join(folder, name), '');
    chmodSync(path.join(folder, name), 0o755);
  }
  return folder;
}

/** A program for images, and the registries that it pushes to. */
export class FakeDocker {
  /** The digests in registries of each image, by its tag. */
  readonly images = new Map<string, readonly string[]>();
  /** References that registries have. */
  readonly pushed = new Set<string>();
  readonly calls: string[] = [];
  /** What `push` writes. */
  printed = '';
  /** How other than successfully `push` ends. */
  pushEnds: Partial<RunResult> = {};
  /** How other than successfully every call ends. */
  ends: Partial<RunResult> = {};

  readonly run: Run = (file, args, { onOutput }) => {
    const program = path.basename(file, '.exe');
    this.calls.push([program, ...args].join(' '));
    const result = { ...ended, ...this.ends, ...this.#answer(args) };
    if (onOutput === undefined) return Promise.resolve(result);
    onOutput(result.stdout, 'stdout');
    onOutput(result.stderr, 'stderr');
    return Promise.resolve({ ...result, stdout: '', stderr: '' });
  };

  #answer([verb = '', second = '', third = '']: readonly string[]): Partial<RunResult> {
    if (Object.keys(this.ends).length > 0) return {};
    const missing = { failed: true, exitCode: 1, stderr: `Error: No such image: ${third}` };
    switch (verb) {
      case 'image': {
        const digests = this.images.get(third);
        return digests === undefined
          ? missing
          : { stdout: JSON.stringify([{ RepoDigests: digests }]) };
      }
      case 'manifest':
        return this.pushed.has(third) ? {} : missing;
      case 'tag':
        this.images.set(third, this.images.get(second) ?? []);
        return {};
      default:
        return { stdout: this.printed, ...this.pushEnds };
    }
  }
}
