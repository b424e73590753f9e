import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/core/diagnosis/explain';
import { textOf as textIn } from '../../../src/core/messages/message';
import { lastTraceback } from '../../../src/core/diagnosis/traceback';
import { expectProportional, pumped } from '../../support/growth';
import { long } from '../../support/long';
import { textOf } from '../../support/hostile';
import { check, checkAsync } from '../../support/properties';
import { fraudContext } from './fraud-files';

const context = fraudContext();

const types = [
  'ValueError',
  'ModuleNotFoundError',
  'ImportError',
  'AttributeError',
  'bentoml.exceptions.MissingDependencyException',
  'bentoml.exceptions.NotFound',
  'SystemExit',
  'SyntaxError',
  'OSError',
  'PermissionError',
  'TypeError',
  'ExceptionGroup',
];
/** What the known causes are recognised by, in parts. */
const words = [
  "No module named '",
  "cannot import name '",
  "' from '",
  'partially initialized ',
  "module '",
  "' has no attribute",
  'pip install ',
  "'grpcio' is required",
  'grpc_reflection',
  'pkg_resources',
  'bentoml',
  "unexpected keyword argument 'runners'",
  "no Models with name '",
  'Model ',
  ' could not be found locally',
  "Environment variable '",
  'Invalid host IP address',
  '[Errno 98]',
  '[Errno 24]',
  'requires runners',
  'google.protobuf',
  'a',
  'a.',
  '_',
  '-',
  '[',
  ']',
  '<=',
  ',',
  '.',
  ' ',
  "'",
  '"',
  '`',
  '\u202e',
];
const lines = [
  'Traceback (most recent call last):',
  '  + Exception Group Traceback (most recent call last):',
  '  | Traceback (most recent call last):',
  '  File "/home/me/fraud/service.py", line 3, in <module>',
  '  File "/home/me/fraud/service.py", line 0',
  '  File "/usr/lib/x.py", line 99999999999999999999, in f',
  '    import bentoml',
  '      ^^^^^',
  'During handling of the above exception, another exception occurred:',
  'The above exception was the direct cause of the following exception:',
  '+-+---------------- 1 ----------------',
  '    +------------------------------------',
  '  | ValueError: a',
  'Exception in ASGI application',
  'INFO: x',
  '',
];
const message = textOf(words, 15);
const line = fc.oneof(
  fc.constantFrom(...lines),
  fc.tuple(fc.constantFrom(...types), message).map(([type, text]) => `${type}: ${text}`),
  message.map((text) => `  File "${text}", line 12`),
  message,
);
const output = fc
  .tuple(fc.array(line, { maxLength: 30 }), fc.constantFrom('\n', '\r\n', '\u001b[0m\n'))
  .map(([some, end]) => some.join(end));
const pieces = [...words, ...lines, '\n', '\r\n', '  File "', '", line ', '\u001b[', ';', ': '];
const raised = (text: string): string =>
  `Traceback (most recent call last):\n  File "/home/me/fraud/service.py", line 3\n${text}\n`;

describe('the cause in the last words of a process', () => {
  it('is in one line and bounded, or none, whatever was said', () => {
    const property = fc.property(output, (said) => {
      for (const { frames, type } of lastTraceback(said)) {
        expect(type.length).toBeGreaterThan(0);
        for (const { line } of frames) {
          expect(Number.isSafeInteger(line) && line >= 1).toBe(true);
        }
      }
      const cause = explain(said, context);
      if (cause === undefined) return;
      const text = textIn(cause.text);
      expect(text).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/);
      expect(text.length).toBeLessThan(2000);
    });
    check(property, 2000);
  });

  it('takes time in proportion to what was said', long, async () => {
    const property = fc.asyncProperty(pumped(pieces), async (input) => {
      await expectProportional((text) => explain(text, context), input);
    });
    await checkAsync(property, 150);
  });

  it.each(types)('takes time in proportion to what is said with %s', long, async (type) => {
    const pumps = [
      'a',
      'a.',
      '_',
      ' ',
      "'",
      "' from '",
      "module '",
      'pip install ',
      '[',
      '<=',
      ',',
    ];
    const property = fc.asyncProperty(pumped(words, pumps), async (input) => {
      await expectProportional((text) => explain(raised(`${type}: ${text}`), context), input);
    });
    await checkAsync(property, 400);
  });

  it('is found behind anything that was said before', () => {
    const traceback =
      'Traceback (most recent call last):\n  File "/home/me/fraud/service.py", line 12, in __init__\n    raise\nValueError: no model\n';
    const property = fc.property(textOf(pieces, 40), (noise) => {
      const chain = lastTraceback(`${noise}\n\nINFO: starting\n\n${traceback}`);
      expect(chain[0]).toMatchObject({ type: 'ValueError', message: 'no model' });
    });
    check(property, 1000);
  });
});
