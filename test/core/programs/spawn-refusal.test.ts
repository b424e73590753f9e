import { describe, expect, it } from 'vitest';
import { assertFits, spawnRefusal } from '../../../src/core/programs/spawn-refusal';
import { ServeError } from '../../../src/core/problem';

const spec = (
  values: { argv?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
) => ({
  process: 'http#1',
  argv: ['/venv/bin/python', '-m', 'x'],
  env: {},
  cwd: '/work',
  ...values,
});

const refusal = (act: () => void): ServeError => {
  try {
    act();
  } catch (error) {
    if (error instanceof ServeError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('a process whose arguments are too long', () => {
  const most = 'x'.repeat(131_071);

  it('is refused with the size and the limit before the system refuses it', () => {
    expect(() => assertFits(spec({ argv: ['python', most] }), 'linux')).not.toThrow();
    const error = refusal(() => assertFits(spec({ argv: ['python', `${most}x`] }), 'linux'));
    expect(error.code).toBe('settings');
    expect(error.message).toMatch(/http#1 are too long: .* 131072 bytes, .* 131071\b/);
  });

  it('may have a variable that is', () => {
    const env = { SHORT: 'x', BENTOML_RUNNER_MAP: most };
    expect(refusal(() => assertFits(spec({ env }), 'linux')).message).toContain(
      'the variable BENTOML_RUNNER_MAP has 131090 bytes',
    );
    expect(() => assertFits(spec({ env }), 'darwin')).not.toThrow();
  });

  it('counts the whole command line on Windows', () => {
    const argv = ['python', 'x'.repeat(20_000), 'y'.repeat(20_000)];
    expect(refusal(() => assertFits(spec({ argv }), 'win32')).message).toContain('32767');
    expect(() => assertFits(spec({ argv }), 'linux')).not.toThrow();
  });

  it('counts all of them together, with the environment', () => {
    const env = Object.fromEntries(
      Array.from({ length: 70 }, (_, index) => [`V${index}`, 'x'.repeat(100_000)]),
    );
    const error = refusal(() => assertFits(spec({ env }), 'linux'));
    expect(error.message).toMatch(/they have 70\d{5} bytes together .* this system takes \d+/);
    expect(refusal(() => assertFits(spec({ env }), 'darwin')).message).toContain('1048576');
    const short = Object.fromEntries(Object.keys(env).map((name) => [name, 'x'.repeat(30_000)]));
    expect(() => assertFits(spec({ env: short }), 'win32')).not.toThrow();
  });

  it('has one limit for a variable on Windows too', () => {
    const env = { LONG: 'x'.repeat(40_000) };
    expect(refusal(() => assertFits(spec({ env }), 'win32')).message).toContain(
      'the variable LONG',
    );
  });

  it('may be refused by the system for all of them together', () => {
    const { message } = spawnRefusal(spec(), 'E2BIG', 'Argument list too long');
    expect(message).toMatch(/arguments of http#1 are too long: they have \d+ bytes together/);
  });
});

describe('a process that the system does not start', () => {
  it.each([
    ['EMFILE', 'crashed', 'ulimit -n'],
    ['EAGAIN', 'crashed', 'no room for another process'],
    ['ENOENT', 'no-python', '/venv/bin/python and /work are still there'],
    ['EPERM', 'crashed', 'could not be started: this user has no permission'],
  ] as const)('says why, and what to do: %s', (code, wanted, text) => {
    const error = spawnRefusal(spec(), code, 'Not allowed');
    expect(error.code).toBe(wanted);
    expect(error.message).toContain(text);
  });
});
