import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/core/messages/catalogue';
import { isComplete, problemTexts, say, textOf } from '../../src/core/messages/message';

const placeholders = (text: string): readonly string[] =>
  [...new Set(text.match(/(?<=\{)\w+(?=\})/g) ?? [])].sort();

describe('a message', () => {
  const inner = say('anotherProgram');
  const message = say('portInUseSummary', { port: 3000, use: 'http', holder: inner });

  it('is English where nobody translates it', () => {
    expect(textOf(message)).toBe('Port 3000 (http) is in use by another program');
  });

  it('is translated with the messages in it', () => {
    const translate = (template: string, args: Record<string, string | number>): string =>
      `<${template}|${Object.values(args).join()}>`;
    expect(textOf(message, translate)).toBe(
      '<Port {port} ({use}) is in use by {holder}|3000,http,<another program|>>',
    );
  });

  it('gives a problem its texts and what to translate', () => {
    expect(problemTexts(say('socketsLost', { folder: '/x' }), say('socketsLostSummary'))).toEqual({
      message: catalogue.socketsLost.replace('{folder}', '/x'),
      summary: catalogue.socketsLostSummary,
      texts: {
        message: { key: 'socketsLost', args: { folder: '/x' } },
        summary: { key: 'socketsLostSummary', args: {} },
      },
    });
  });

  it('is incomplete without its arguments', () => {
    expect(isComplete({ key: 'socketsLost', args: { folder: '/x' } })).toBe(true);
    expect(isComplete({ key: 'socketsLost', args: { file: '/x' } })).toBe(false);
  });
});

describe('the planner', () => {
  const folder = path.resolve(import.meta.dirname, '../../src/python/serve_bento_planner');
  const source = readdirSync(folder)
    .filter((file) => file.endsWith('.py'))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    .join('\n');
  /** `PlanProblem("tls", "tlsVersionMissing", {"version": name}`: what is not a literal is tried by its own tests. */
  const calls = [...source.matchAll(/(?:PlanProblem|line)\("[\w-]+", "(\w+)", (\{[^{}]*\})/g)];

  it.each(calls.map(([, key = '', args = '']) => [key, args] as const))(
    'gives %s the arguments that its text has: %s',
    (key, args) => {
      const text = new Map<string, string>(Object.entries(catalogue)).get(key);
      const names = [...args.matchAll(/"(\w+)":/g)].map(([, name = '']) => name).sort();
      expect(text && placeholders(text)).toEqual(names);
    },
  );

  it('is read', () => {
    expect(calls.length).toBeGreaterThan(4);
  });
});
