import { describe, expect, it } from 'vitest';
import { readProbeReport } from '../../../src/core/interpreter/probe-report';

const report = {
  executable: '/usr/bin/python3',
  version: '3.11.7',
  bentoml: '1.4.38',
  paths: ['/x'],
};

describe('readProbeReport', () => {
  it('finds the report behind what else was printed', () => {
    const stdout = `hello from sitecustomize\n{"no": "report"}\n{broken\n${JSON.stringify(report)}\nbye`;
    expect(readProbeReport(stdout)).toEqual(report);
  });

  it.each(['', '{}', '[]', '{"version": 3}', JSON.stringify({ ...report, version: 'x' })])(
    'finds none in %s',
    (stdout) => {
      expect(readProbeReport(stdout)).toBeUndefined();
    },
  );
});
