import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import type { ExportedSet } from '../../../src/core/export/exported-set';
import { processCompose } from '../../../src/core/export/process-compose';
import { procfile } from '../../../src/core/export/procfile';
import { shellCommands } from '../../../src/core/export/shell';
import { tasksJson } from '../../../src/core/export/tasks-json';
import { textOf } from '../../support/hostile';
import { check, checkAsync } from '../../support/properties';

const hostile = textOf(
  [
    ...['\n', '\r', '\t', '\0', '\u0085', '\u2028', '\u001b[201~', '\u202e', "'", '"', '\\', '`'],
    ...['$', '$(', '${', '${command:x}', '{{', '}}', ';', '&', '|', '#', '=', ':', ' ', '*', '~'],
    ...['evil: touch ran', '\nevil: touch ran', '\ntouch ran\n', '!!', '%d', '-u', '<', '>', 'é'],
  ],
  6,
  // A lone half of a character becomes another one in any file.
).map((text) => text.toWellFormed());

const setOf = (texts: readonly string[], cwd: string, out = '/dev/null'): ExportedSet => ({
  name: texts[0] ?? '',
  bentomlVersion: texts[1] ?? '',
  cwd,
  env: { FIRST: texts[0] ?? '', OUT: out },
  fromOutside: [],
  unset: [],
  commands: [
    {
      name: 'http',
      argv: [
        '/bin/sh',
        '-c',
        'printf "%s\\0" "$PWD" "$FIRST" "$OWN" "$@" > "$OUT"',
        'sh',
        ...texts,
      ],
      env: { OWN: texts[1] ?? '' },
      dependsOn: [],
    },
  ],
  leftOut: [`left out: ${texts.join(' ')}`],
});

/** Nothing where it is refused, in words and by name. */
function exported(format: (set: ExportedSet) => string, set: ExportedSet): string | undefined {
  try {
    return format(set);
  } catch (error) {
    expect(error).toMatchObject({ code: 'settings' });
    expect(String(error)).toMatch(/cannot be exported as .*: .* contains /);
    return undefined;
  }
}

const bounds = { minLength: 2, maxLength: 12 };
/** Half of them have what any format can hold, and the rest of what is hostile. */
const quotable = hostile.map((text) =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\$\{|\{\{/gu, ''),
);
const runs = fc.oneof(fc.array(hostile, bounds), fc.array(quotable, bounds));

describe.runIf(process.platform !== 'win32')('hostile texts', () => {
  const place = (): string => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-export-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return folder;
  };

  it('reach a program through a real shell as they are, and run nothing', async () => {
    const folder = place();
    const out = path.join(folder, 'out');
    const cwd = path.join(folder, "it's $(touch ran) \\ here\n;touch ran");
    mkdirSync(cwd);
    let count = 0;
    await checkAsync(
      fc.asyncProperty(runs, async (texts) => {
        const text = exported(shellCommands, setOf(texts, cwd, out));
        if (text === undefined) return;
        count++;
        // A group of its own: it ends the whole of it.
        const shell = spawn('sh', ['-c', text], { cwd: folder, detached: true, stdio: 'ignore' });
        await new Promise((resolve) => shell.once('close', resolve));
        const [first = '', own = ''] = texts;
        const printed = readFileSync(out, 'utf8').split('\0').slice(0, -1);
        expect(printed).toEqual([cwd, first, own, ...texts]);
        expect(execFileSync('ls', ['-A', folder, cwd], { encoding: 'utf8' })).not.toMatch(/^ran$/m);
      }),
      60,
    );
    expect(count).toBeGreaterThan(5);
  });

  it('stay in the one line of a Procfile, whose command is a real shell’s', () => {
    const folder = place();
    const out = path.join(folder, 'out');
    let count = 0;
    check(
      fc.property(runs, (texts) => {
        const text = exported(procfile, setOf(texts, folder, out));
        if (text === undefined) return;
        count++;
        // As Python's splitlines does.

        const lines = text.split(/[\n-\r\x1c-\x1e\x85\u2028\u2029]/).filter((line) => line !== '');
        expect(lines.map((line) => line.slice(0, 5))).toEqual(['# lef', 'http:']);
        execFileSync('sh', ['-c', (lines[1] ?? '').slice('http: '.length)], { cwd: folder });
        const [first = '', own = ''] = texts;
        const printed = readFileSync(out, 'utf8').split('\0').slice(0, -1);
        expect(printed).toEqual([folder, first, own, ...texts]);
      }),
      60,
    );
    expect(count).toBeGreaterThan(5);
  });

  it('are what they were for process-compose, which expands $ and templates first', () => {
    check(
      fc.property(runs, (texts) => {
        const set = setOf(texts, `/my $HOME/${(texts[0] ?? '').replaceAll('\0', '')}`);
        const text = exported(processCompose, set);
        if (text === undefined) return;
        expect(text).not.toContain('{{');
        expect(text.replaceAll('$$', '')).not.toContain('$');
        const { processes } = parse(text.replaceAll('$$', '$')) as {
          processes: Record<string, { working_dir: string; environment: string[] }>;
        };
        expect(Object.keys(processes)).toEqual(['http']);
        expect(processes['http']?.working_dir).toBe(set.cwd);
        expect(processes['http']?.environment).toContain(`OWN=${texts[1] ?? ''}`);
      }),
    );
  });

  it('are no variables of tasks.json', () => {
    check(
      fc.property(runs, (texts) => {
        const text = exported((set) => tasksJson(set, undefined), setOf(texts, '/work'));
        if (text === undefined) return;
        expect(text).not.toContain('${');
        const { tasks } = JSON.parse(text) as { tasks: { args?: string[] }[] };
        expect(tasks[0]?.args?.slice(3)).toEqual(texts);
      }),
    );
  });
});

it.each(['A B', 'A;touch ran', '1A', '', 'A=B', 'A\nB', '__proto__ '])(
  'the name %j of a variable is refused everywhere',
  (name) => {
    const set = setOf(['a', 'b'], '/work');
    for (const change of [{ fromOutside: [name] }, { unset: [name] }, { env: { [name]: 'x' } }]) {
      for (const format of [shellCommands, procfile, processCompose, tasksJson]) {
        expect(() => format({ ...set, ...change }, undefined)).toThrow('shells do not allow');
      }
    }
  },
);
