import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Programs that tests take from their own environments, and never from the machine. */
const names = ['uv', 'uvx', 'pip', 'pip3', 'bentoml', 'docker', 'podman', 'conda', 'poetry'];

export interface Traps {
  /** One line a call; nothing when none was called. */
  calls(): string;
}

/**
 * Puts programs at the front of the `PATH` that record their call and fail. A test that depends on what somebody has
 * installed on this machine calls one of them, also where that program is missing.
 */
export function setTraps(folder: string): Traps {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const record = path.join(folder, 'calls');
  for (const name of names) {
    const file = path.join(folder, name);
    const call = `"${name} $*, called by: $(tr '\\0' ' ' < /proc/$PPID/cmdline 2>/dev/null)"`;
    const script = `#!/bin/sh\necho ${call} >> '${record}'\necho "${name} of the machine was called by a test" >&2\nexit 97\n`;
    writeFileSync(file, script);
    chmodSync(file, 0o755);
  }
  process.env['PATH'] = `${folder}${path.delimiter}${process.env['PATH'] ?? ''}`;
  return { calls: () => (existsSync(record) ? readFileSync(record, 'utf8').trim() : '') };
}
