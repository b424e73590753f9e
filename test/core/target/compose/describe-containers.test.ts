import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeContainers } from '../../../../src/core/target/compose/describe-containers';

it('shows what engines know of a container, without values of variables', () => {
  const text = describeContainers([
    {
      Id: 'abc',
      Name: '/search-http-1',
      RestartCount: 0,
      GraphDriver: { Name: 'overlay2' },
      State: { Status: 'running', ExitCode: 0, Error: '', Health: { Status: 'healthy', Log: [] } },
      Config: {
        Image: 'debian@sha256:a',
        Cmd: ['python', '-m', 'bentoml'],
        Env: ['PASSWORD=hunter2=x', 'EMPTY=', 'A=first\nhunter2'],
        // Podman.
        CreateCommand: ['podman', 'run', '--env', 'PASSWORD=hunter2'],
      },
      NetworkSettings: { Networks: { net: { IPAddress: '10.0.0.2', MacAddress: '1' } } },
    },
    { Id: 'def', Config: {} },
  ]);
  expect(text).not.toContain('hunter2');
  const [first = '', second = ''] = text.split('---\n');
  expect(parse(first)).toEqual({
    Id: 'abc',
    Name: '/search-http-1',
    RestartCount: 0,
    State: { Status: 'running', ExitCode: 0, Health: { Status: 'healthy' } },
    Config: {
      Image: 'debian@sha256:a',
      Cmd: ['python', '-m', 'bentoml'],
      Env: { A: '***', EMPTY: '***', PASSWORD: '***' },
    },
    NetworkSettings: { Networks: { net: { IPAddress: '10.0.0.2' } } },
  });
  expect(parse(second)).toEqual({ Id: 'def' });
});
