import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  exitReport,
  faultsReport,
  optionalReport,
  unittestReport,
  vitestReport,
  windowReport,
} from '../../scripts/test/reports.mts';
import { failedTests, flakyTests, slowestTests, stepLine } from '../../scripts/test/summary.mts';
import { Results } from '../window/results.mts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'reports-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const end = (output: string, code = 1) => ({ code, output, root });

const lines = async (step: string, report: ReturnType<typeof exitReport>) =>
  failedTests([{ step, seconds: 1, report: await report }]);

describe('the failed tests of a step', () => {
  it('are those of Vitest by their names, with the first line of what they said', async () => {
    const test = (title: string, status: string, failureMessages: readonly string[]) => ({
      ...{ ancestorTitles: ['a save'], title, status, duration: 1500, failureMessages },
    });
    const report = {
      ...{ numPassedTests: 1, numFailedTests: 1, success: false },
      testResults: [
        {
          ...{ name: path.join(root, 'test/real/reload.test.ts'), status: 'failed', message: '' },
          assertionResults: [
            test('is served', 'passed', []),
            test('is served again', 'passed', ['Error: kill ESRCH\n  at x']),
            test('is one restart', 'failed', [
              '\u001B[31mError: not within 10 s\u001B[39m\n  at x',
            ]),
          ],
        },
        {
          ...{ name: path.join(root, 'test/real/tls.test.ts'), status: 'failed' },
          ...{ message: 'no environment\nat y', assertionResults: [] },
        },
      ],
    };
    writeFileSync(path.join(root, 'real.json'), JSON.stringify(report));
    const read = await vitestReport('real.json')(end(''));
    expect(read).toMatchObject({ passed: 1, failed: 2 });
    expect(failedTests([{ step: 'real', seconds: 3, report: read }])).toEqual([
      'FAILED: real › test/real/reload.test.ts › a save › is one restart: Error: not within 10 s',
      'FAILED: real › test/real/tls.test.ts: no environment',
    ]);
    expect(flakyTests([{ step: 'real', seconds: 3, report: read }])).toEqual([
      'PASSED AT THE SECOND ATTEMPT: real › test/real/reload.test.ts › a save › is served again: Error: kill ESRCH',
    ]);
    expect(slowestTests([{ step: 'real', seconds: 3, report: read }])[0]).toBe(
      '1.5 s  real › test/real/reload.test.ts › a save › is served',
    );
  });

  it('include what went wrong outside of every test', async () => {
    const report = { numPassedTests: 4, numFailedTests: 0, success: false, testResults: [] };
    writeFileSync(path.join(root, 'unit.json'), JSON.stringify(report));
    const read = vitestReport('unit.json')(end(''));
    expect(await read).toMatchObject({ passed: 4, failed: 1 });
    expect(await lines('unit', read)).toEqual(['FAILED: unit › outside of the tests: see above']);
  });

  it('are none of the window that pass at the second attempt, which are reported separately', async () => {
    const first = new Results();
    first.passed('save: one', 20);
    first.failedWith('save: two', 'Error: not within 10 s');
    first.failedWith('save: three', 'Error: not there');
    const second = new Results();
    for (const title of ['save: one', 'save: two']) second.passed(title, 20);
    second.failedWith('save: three', 'Error: not there');
    const results = new Results();
    results.include({ results: second, before: first });
    results.write(path.join(root, 'results.json'));
    const read = windowReport('results.json')(end(''));
    expect(await read).toMatchObject({ passed: 2, failed: 1 });
    expect(await lines('window', read)).toEqual(['FAILED: window › save: three: Error: not there']);
    expect(flakyTests([{ step: 'window', seconds: 1, report: await read }])).toEqual([
      'PASSED AT THE SECOND ATTEMPT: window › save: two: Error: not within 10 s',
    ]);
  });

  it('of the window are not reported as flaky if they were not tried again', async () => {
    const first = new Results();
    first.failedWith('save: two', 'Error: not within 10 s');
    const second = new Results();
    second.failedWith('save', 'the window has crashed');
    const results = new Results();
    results.include({ results: second, before: first });
    results.write(path.join(root, 'results.json'));
    const read = await windowReport('results.json')(end(''));
    expect(flakyTests([{ step: 'window', seconds: 1, report: read }])).toEqual([]);
  });

  it('are those of the window', async () => {
    const results = new Results();
    results.passed('save', 20);
    results.failedWith('reload', 'AssertionError: a toast\n    at journey');
    results.write(path.join(root, 'results.json'));
    const read = windowReport('results.json')(end(''));
    expect(await read).toMatchObject({ passed: 1, failed: 1 });
    expect(await lines('window', read)).toEqual([
      'FAILED: window › reload: AssertionError: a toast',
    ]);
  });

  it('are those of the table of faults, without the rows of other systems', async () => {
    const fault = (number: number) => ({ number, fault: 'it is killed', expected: 'restarted' });
    const outcome = { asExpected: false, seen: 'a port is left\n5003', milliseconds: 9 };
    const rows = [
      { fault: fault(1), outcome: { ...outcome, asExpected: true, seen: 'restarted' } },
      { fault: fault(2), outcome },
      { fault: fault(3) },
    ];
    writeFileSync(path.join(root, 'faults.json'), JSON.stringify(rows));
    const read = faultsReport('faults.json')(end(''));
    expect(await read).toMatchObject({ passed: 1, failed: 1 });
    expect(await lines('faults', read)).toEqual([
      'FAILED: faults › 2: it is killed: a port is left',
    ]);
  });

  it('are those of unittest, a subtest on its own', async () => {
    writeFileSync(
      path.join(root, 'test_it.py'),
      [
        'import unittest',
        'class It(unittest.TestCase):',
        '    def test_counts(self):',
        '        for number in (1, 2):',
        '            with self.subTest(number=number):',
        '                self.assertEqual(number, 1)',
        '    def test_raises(self):',
        '        raise OSError("no disk\\nleft")',
        '    def test_holds(self):',
        '        pass',
      ].join('\n'),
    );
    const command = 'python3 -B -m unittest discover 2>&1 || true';
    const output = execFileSync('/bin/sh', ['-c', command], { cwd: root, encoding: 'utf8' });
    const read = unittestReport(end(output));
    expect(await read).toMatchObject({ passed: 1, failed: 2 });
    expect([...(await lines('python', read))].sort()).toEqual([
      expect.stringMatching(
        /^FAILED: python › test_counts .*\(number=2\): AssertionError: 2 != 1$/,
      ),
      expect.stringMatching(/^FAILED: python › test_raises .*: OSError: no disk$/),
    ]);
  });

  it.each([
    ['types', 'a.ts(1,2): error TS2322: no\n', 'a.ts(1,2): error TS2322: no'],
    [
      'lint',
      '\n/a.ts\n  1:2  warning  w  x\n  3:4  error  no  rule\n\n',
      '/a.ts 3:4  error  no  rule',
    ],
    ['format', 'Checking formatting...\n[warn] a.ts\n', '[warn] a.ts'],
    ['package', 'packaging\nnothing there\n', 'nothing there'],
    ['package', '', ''],
  ])('is the check %s itself, with what it said: %j', async (step, output, error) => {
    expect(await lines(step, exitReport(end(output)))).toEqual([`FAILED: ${step}: ${error}`]);
    expect(await lines(step, exitReport(end(output, 0)))).toEqual([]);
  });

  it('are never fewer than were counted, and never without an end', () => {
    const step = 'real';
    const report = { passed: 1, failed: 2, failures: [{ test: 'a', error: 'e'.repeat(5000) }] };
    const [first = '', second] = failedTests([{ step, seconds: 3, report }]);
    expect(first.length).toBeLessThan(500);
    expect(second).toBe('FAILED: real: 1 without a name, see above');
    expect(stepLine({ step, seconds: 3, report })).toBe('real: 1 passed, 2 failed, 3 s');
    const failures = Array.from({ length: 300 }, () => ({ test: 'a', error: 'e' }));
    const many = failedTests([{ step, seconds: 3, report: { passed: 0, failed: 300, failures } }]);
    expect(many).toHaveLength(101);
    expect(many.at(-1)).toBe('and 200 more');
  });
});

describe('tests that cannot run on this machine', () => {
  const never = () => Promise.reject(new Error('no report'));
  const reason = 'The Compose tests were not run: they need Linux.';

  it('are no failure, and the line of their step gives the reason', async () => {
    const report = await optionalReport(never)(end(`${reason}\n`, 0));
    expect(report).toEqual({ passed: 0, failed: 0, notRun: reason });
    expect(stepLine({ step: 'compose', seconds: 1, report })).toBe(`compose: ${reason}`);
  });

  it('have failed when they end badly, whatever they print', async () => {
    await expect(optionalReport(never)(end(`${reason}\n`, 1))).rejects.toThrow('no report');
  });
});
