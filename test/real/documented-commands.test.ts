import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { inlineCode, pages, read } from '../support/pages';

/** Prints the command lines that this BentoML does not have, with their options. */
const check = `
import click, json, sys
from bentoml_cli.cli import create_bentoml_cli
from bentoml_cli._internal.start import build_start_command

def has(line):
    names = line.split()
    group = build_start_command() if names[0] != "bentoml" else create_bentoml_cli()
    names = [name for name in names if name != "bentoml"]
    while names and isinstance(group, click.Group):
        group = group.get_command(click.Context(group), names.pop(0))
    options = {name for one in getattr(group, "params", []) for name in one.opts}
    return group is not None and all(name in options for name in names if name.startswith("--"))

print(json.dumps([line for line in json.loads(sys.argv[1]) if not has(line)]))
`;

describe("BentoML's commands in the pages", () => {
  const named = pages
    .filter((page) => page !== 'CHANGELOG.md')
    .flatMap((page) => inlineCode(read(page)))
    .filter((code) => /^(?:bentoml [a-z]|start-[a-z]+-server\b)/.test(code));
  const lines = [...new Set(named)];

  const unknown = async (asked: readonly string[]): Promise<unknown> => {
    const python = (await ensureEnvironments())['bentoml-1.4'];
    const args = ['-W', 'ignore', '-c', check, JSON.stringify(asked)];
    const output = execFileSync(python, args, { encoding: 'utf8' });
    return JSON.parse(output.trim().split('\n').at(-1) ?? '');
  };

  it('exist with their options', async () => {
    expect(lines.length).toBeGreaterThan(8);
    const invented = ['bentoml fly', 'bentoml serve --wings', 'start-http-server --wings'];
    expect(await unknown([...lines, ...invented])).toEqual(invented);
  });
});
