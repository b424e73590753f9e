import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Results } from '../window/results.mts';

it('says only of tests that ran again that they passed at the second attempt', () => {
  const first = new Results();
  first.add('suite', { kind: 'failed', title: 'serves', message: 'timed out' });
  const second = new Results();
  // The window does not open at the second attempt: no test of the suite runs.
  second.failedWith('suite', 'the window has crashed');
  const results = new Results();
  results.include({ results: second, before: first });
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'results-')), 'results.json');
  results.write(file);
  const report = JSON.parse(readFileSync(file, 'utf8')) as { passedLate: unknown[] };
  expect(report.passedLate).toEqual([]);
});
