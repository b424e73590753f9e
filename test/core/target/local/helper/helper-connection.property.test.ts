import fc from 'fast-check';
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  HelperConnection,
  HelperRefusal,
} from '../../../../../src/core/target/local/helper/helper-connection';
import {
  replies,
  type HelperCommand,
} from '../../../../../src/core/target/local/helper/helper-messages';
import { expectProportional, pumped } from '../../../../support/growth';
import { isUnpolluted, json, textOf } from '../../../../support/hostile';
import { check, checkAsync } from '../../../../support/properties';
import { long } from '../../../../support/long';

const exit = (process: string): object => ({
  event: 'exit',
  process,
  pid: 7,
  code: null,
  signal: 'SIGKILL',
});
const pieces = [
  ...['{', '}', '[', ']', '"', ':', ',', '"re":', '"ok":true', '"event":"exit"', '"bytes":', '1'],
  ...['\n', '\r', '\\u0000', '__proto__', '-1', '1e999', '\u{1f371}', 'null'],
];

interface Heard {
  readonly connection: HelperConnection;
  readonly say: (bytes: Uint8Array | string) => void;
  readonly exits: string[];
  readonly nonsense: string[];
}

function connect(): Heard {
  const fromHelper = new PassThrough();
  const exits: string[] = [];
  const nonsense: string[] = [];
  const connection = new HelperConnection(new PassThrough().resume(), fromHelper, (line) =>
    nonsense.push(line),
  );
  connection.onExit(({ process }) => exits.push(process));
  // What is read is not paced: the tests have turns of their own.
  const say = (bytes: Uint8Array | string): void =>
    void fromHelper.emit('data', Buffer.from(bytes));
  return { connection, say, exits, nonsense };
}

function inPieces(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
}

/** A line that announces no output, after which bytes would be no lines. */
const noise = fc
  .oneof(
    textOf(pieces, 15),
    json.map((value) => JSON.stringify(value)),
    fc.record({ re: json, ok: json, code: json, message: json }).map((one) => JSON.stringify(one)),
  )
  .map((text) => text.replaceAll('\n', ' ').replaceAll('output', ''));

describe('what the helper says', () => {
  it('is heard among any nonsense, in its order, wherever it is cut', () => {
    const name = fc.string({ maxLength: 5 });
    const property = fc.property(
      fc.array(fc.tuple(name, noise)),
      fc.array(fc.nat(), { maxLength: 20 }),
      (said, places) => {
        const { say, exits, nonsense } = connect();
        const lines = said.flatMap(([process, other]) => [JSON.stringify(exit(process)), other]);
        for (const piece of inPieces(Buffer.from(`${lines.join('\n')}\n`), places)) say(piece);
        expect(exits).toEqual(said.map(([process]) => process));
        for (const line of nonsense) expect(line.length).toBeLessThanOrEqual(500);
        expect(isUnpolluted()).toBe(true);
      },
    );
    check(property, 500);
  });

  it('is survived, whatever bytes it is', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      textOf(pieces).map((text) => Buffer.from(text)),
      json.map((value) => Buffer.from(`${JSON.stringify(value)}\n`)),
    );
    const property = fc.property(fc.array(bytes), (said) => {
      const { say, nonsense } = connect();
      for (const piece of said) say(piece);
      for (const line of nonsense) expect(line.length).toBeLessThanOrEqual(500);
    });
    check(property, 500);
  });

  it('settles each request by a reply of its own, as a refusal where it is not the right one', async () => {
    const command = fc.constantFrom(...(Object.keys(replies) as HelperCommand[]));
    const reply = fc.oneof(
      fc.record({
        ok: fc.constantFrom(true, false),
        code: json,
        message: json,
        pid: json,
        fd: json,
      }),
      fc.constant({
        ok: true,
        pid: 1,
        python: '3',
        fd: 3,
        port: 1,
        started: 1,
        killed: 0,
        own: null,
      }),
      fc.constant({ ok: false, code: 'EPERM', message: 'no', holder: null }),
    );
    const property = fc.asyncProperty(
      fc.array(fc.tuple(command, reply), { minLength: 1, maxLength: 6 }),
      fc.array(fc.tuple(fc.integer({ min: -3, max: 9 }), reply), { maxLength: 6 }),
      async (requests, unasked) => {
        const { connection, say } = connect();
        const settled = requests.map(([asked]) =>
          connection.request(asked, {}).then(
            () => undefined,
            (error: unknown) => error,
          ),
        );
        await turn();
        for (const [index, [, answer]] of requests.entries()) {
          const [re = 0, other] = unasked[index] ?? [];
          // A number that nobody has asked with.
          say(`${JSON.stringify({ re: re < 1 ? re : 100 + re, ...other })}\n`);
          say(`${JSON.stringify({ re: index + 1, ...answer })}\n`);
        }
        connection.close();
        for (const error of await Promise.all(settled)) {
          if (error !== undefined) expect(error).toBeInstanceOf(HelperRefusal);
        }
      },
    );
    await checkAsync(property, 300);
  });

  it('is read in time in proportion to its length, in pieces of any size', long, async () => {
    const property = fc.asyncProperty(
      pumped(pieces),
      fc.constantFrom(1, 100, 65_536),
      async (input, size) => {
        await expectProportional(
          (text) => {
            const { say } = connect();
            const bytes = Buffer.from(text.replaceAll('output', ''));
            for (let at = 0; at < bytes.length; at += size) say(bytes.subarray(at, at + size));
            say('\n');
          },
          input,
          16 * 1024,
        );
      },
    );
    await checkAsync(property, 60);
  });

  it('is not kept without end when the end of a line never comes', () => {
    const { say, nonsense, exits } = connect();
    const piece = Buffer.alloc(1024 * 1024, 'x');
    const before = process.memoryUsage().rss;
    for (let megabytes = 0; megabytes < 500; megabytes++) say(piece);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
    say('\n');
    say(`${JSON.stringify(exit('http#1'))}\n`);
    expect(nonsense).toHaveLength(1);
    expect(exits).toEqual(['http#1']);
  });
});
