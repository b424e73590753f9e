import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { readEnvFiles } from '../../src/core/settings/env-files';

const environment = { OURS: 'from outside', A: 'hidden by the file' };

/** What python-dotenv makes of each text, in one process. */
const program = `
import io, json, logging, os, sys
from dotenv import dotenv_values
logging.disable(logging.CRITICAL)
os.environ.clear()
os.environ.update(${JSON.stringify(environment)})
texts = json.load(sys.stdin)
print(json.dumps([dotenv_values(stream=io.StringIO(text)) for text in texts]))
`;

const pieces = [
  ...[
    'A',
    'B',
    'OURS',
    'a.b-c',
    ' ',
    '\t',
    '=',
    '=',
    '=',
    '#',
    ' #',
    '\n',
    '\n',
    '\r\n',
    ':-',
    ':',
  ],
  ...["'", "'", '"', '"', '\\', "\\'", '\\"', '\\n', '\\t', '\\x', '`', 'export ', 'word', ','],
  ...[
    '$',
    '${A}',
    '${B}',
    '${OURS}',
    '${A:-',
    '${NONE:-d}',
    '${NONE}',
    '${A:x}',
    '{',
    '}',
    '\u00a0',
  ],
];
const byHand = [
  "A='${OURS}' # single quotes are expanded, too",
  'A="\\${OURS}"\nB=\\${A}',
  'A= # no comment\nB=x # comment\nC=x#y\nD="x"# comment\nE="x" y\nF=1',
  "A='it\\'s' \nB='open\nC=2\n",
  "A\nB=\nexport C = 3\n  D=4  \n'E F'=5\n= 6\n#G=7\nH==8",
  'OURS\nB=${OURS}${OURS:-d}\nA=1\nA\nC=${A}',
  'A="two\nlines"\nB=\'two\r\nlines\'\rC=3',
  'A=${B:-${OURS}}\nB=${A}${A:-}\nB=${B}${NONE:-}x',
];

it('env files are read as python-dotenv reads them', async () => {
  const { tools: python } = await ensureEnvironments(['tools']);
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((all) => all.join(''));
  const texts = [...byHand, ...fc.sample(text, 1000)];
  const input = JSON.stringify(texts);
  const answer = execFileSync(python, ['-I', '-c', program], { input, maxBuffer: 100_000_000 });
  const theirs = JSON.parse(answer.toString()) as Record<string, string | null>[];
  const folder = await mkdtemp(path.join(os.tmpdir(), 'env-files-'));
  try {
    for (const [index, content] of texts.entries()) {
      const file = path.join(folder, '.env');
      await writeFile(file, content);
      const ours = { ...(await readEnvFiles([file], environment, 'linux')) };
      // A name without a value is none.
      const set = Object.entries(theirs[index] ?? {}).filter(([, value]) => value !== null);
      expect(ours, JSON.stringify(content)).toEqual(Object.fromEntries(set));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
