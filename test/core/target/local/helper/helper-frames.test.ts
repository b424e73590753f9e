import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HelperFrames } from '../../../../../src/core/target/local/helper/helper-frames';
import type { HelperOutputHeader } from '../../../../../src/core/target/local/helper/helper-messages';
import { check } from '../../../../support/properties';

/** What is said by the frames: events in JSON, and after those of output its text. */
function taken(pieces: readonly Buffer[]): readonly string[] {
  const said: string[] = [];
  const frames: HelperFrames = new HelperFrames({
    onLine: (line) => {
      const message = JSON.parse(line) as HelperOutputHeader | { re: number };
      if ('re' in message) said.push(`reply ${message.re}`);
      else frames.expect(message);
    },
    onOutput: ({ process, stream, text }) => {
      const source = `${process} ${stream}: `;
      if (said.at(-1)?.startsWith(source) === true) said.push(`${said.pop() ?? ''}${text}`);
      else said.push(`${source}${text}`);
    },
  });
  for (const piece of pieces) frames.feed(piece);
  return said;
}

const output = (process: string, bytes: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(
      `${JSON.stringify({ event: 'output', process, stream: 'stdout', bytes: bytes.length })}\n`,
    ),
    bytes,
  ]);
const reply = (re: number): Buffer => Buffer.from(`${JSON.stringify({ re, ok: true })}\n`);

it('takes lines and output apart, in order', () => {
  const fake = Buffer.from('{"re": 7}\n');
  const stream = [output('a', fake), reply(1), output('b', Buffer.from('x\n')), reply(2)];
  expect(taken(stream)).toEqual(['a stdout: {"re": 7}\n', 'reply 1', 'b stdout: x\n', 'reply 2']);
});

it('decodes characters that come in pieces, and says what is none', () => {
  const text = Buffer.from('é€🍱');
  const stream = [...text].map((byte) => output('a', Buffer.from([byte])));
  expect(taken(stream)).toEqual(['a stdout: é€🍱']);
  expect(
    taken([output('a', Buffer.from([0xff, 0x41, 0xe2, 0x82])), output('a', Buffer.alloc(0))]),
  ).toEqual(['a stdout: \ufffdA\ufffd']);
});

it('does not mix the characters of two processes', () => {
  const [first = 0, second = 0] = Buffer.from('é');
  const stream = [
    output('a', Buffer.from([first])),
    output('b', Buffer.from('b')),
    output('a', Buffer.from([second])),
  ];
  expect(taken(stream)).toEqual(['b stdout: b', 'a stdout: é']);
});

it('takes the same however the stream is cut', () => {
  const whole = Buffer.concat([
    reply(1),
    output('a', Buffer.from('one\n€')),
    output('a', Buffer.from('z'.repeat(40_000))),
    output('b', Buffer.from([0xf0, 0x9f])),
    output('b', Buffer.alloc(0)),
    reply(2),
  ]);
  const expected = taken([whole]);
  check(
    fc.property(fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 20 }), (cuts) => {
      const ends = [0, ...cuts.sort((a, b) => a - b), whole.length];
      const pieces = ends.slice(1).map((end, index) => whole.subarray(ends[index], end));
      expect(taken(pieces)).toEqual(expected);
    }),
  );
});
