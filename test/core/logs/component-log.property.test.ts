import fc from 'fast-check';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ComponentLog } from '../../../src/core/logs/component-log';
import { textOf } from '../../support/hostile';
import { ManualClock } from '../../support/manual-clock';
import { checkAsync } from '../../support/properties';

const pieces = ['\x1b', '\x1b[', '\x1b]0;', '\x07', '\x9b', '\r', '\n', '31m', 'a', '\u202e'];
const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

describe('the log of a component', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'component-log-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has text and colours only, whatever the processes say and whatever is told of them', async () => {
    const write = fc.record({
      text: textOf(pieces, 10),
      process: fc.constantFrom('http#1', 'http#2'),
      stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    });
    let files = 0;
    const property = fc.asyncProperty(
      fc.array(fc.oneof(write, textOf(pieces, 10))),
      async (said) => {
        const file = path.join(folder, `${++files}.log`);
        const log = new ComponentLog({ clock: new ManualClock(), path: file });
        for (const one of said) {
          if (typeof one === 'string') log.event(one);
          else await log.write(one.text, one.process, one.stream);
        }
        expect(log.output.text().replace(/\x1b\[[\d;:]*m/g, '')).not.toMatch(control);
        await log.flushed();
        const written = said.length === 0 ? '' : await readFile(file, 'utf8').catch(() => '');
        expect(written).not.toMatch(control);
      },
    );
    await checkAsync(property, 150);
  });
});
