import { describe, expect, it } from 'vitest';
import { serviceValue } from '../../../src/core/discovery/service-key';
import { processorTime } from '../../support/processor-time';

const marked = (file: string, text: string): string | undefined => {
  const lines = text.split('\n');
  const value = serviceValue(file, lines);
  if (value === undefined) return undefined;
  const { line, start, end } = value;
  expect((lines[line] ?? '').slice(start, end)).toBe(value.text);
  return `${line}:${start} ${value.text}`;
};

describe('the service of a build file', () => {
  it('is looked for in no time, also in a long line that looks like a table', () => {
    const begin = processorTime();
    for (const text of [
      '['.repeat(100_000),
      `[${' '.repeat(100_000)}`,
      `[${'\t '.repeat(50_000)}x`,
    ]) {
      expect(serviceValue('pyproject.toml', [text])).toBeUndefined();
    }
    expect(processorTime() - begin).toBeLessThan(1_000);
  });

  it.each([
    ['service: service:svc', '0:9 service:svc'],
    ['name: x\nservice:   "service:svc" # ours', '1:12 service:svc'],
    ["service: 'pkg.service:Search'", '0:10 pkg.service:Search'],
    ['service: service:svc # ours', '0:9 service:svc'],
    ['service:', '0:8 '],
    ['service: ', '0:9 '],
    ['service: "', '0:10 '],
    ['service: "serv', '0:10 serv'],
  ])('stands in bentofile.yaml: %j', (text, wanted) => {
    expect(marked('bentofile.yaml', text)).toBe(wanted);
  });

  it.each(['', 'name: svc', '# service: a:b', 'docker:\n  service: a:b', 'services: a:b'])(
    'is not in %j',
    (text) => {
      expect(marked('bentofile.yaml', text)).toBeUndefined();
    },
  );

  it('is that of its table in pyproject.toml', () => {
    const text = [
      '[project]',
      'service = "no:no"',
      '[tool.bentoml.build]',
      'name = "x"',
      '  service = "service:svc"',
      '[tool.other]',
    ];
    expect(marked('pyproject.toml', text.join('\n'))).toBe('4:13 service:svc');
    expect(
      marked('pyproject.toml', text.slice(0, 4).concat('[tool.x]', 'service = "a"').join('\n')),
    ).toBeUndefined();
  });
});
