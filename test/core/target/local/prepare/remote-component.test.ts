import { describe, expect, it } from 'vitest';
import type { PlannedComponent } from '../../../../../src/core/plan/plan';
import { remoteComponent } from '../../../../../src/core/target/local/prepare/remote-component';

const planned: PlannedComponent = {
  ...{ id: 'service:Embedder', kind: 'service', name: 'Embedder', command: [], commandEnv: {} },
  ...{ dependsOn: [], processes: [], probes: { live: '/livez', ready: '/readyz' } },
};

describe('a component that runs elsewhere', () => {
  it.each([
    ['tcp://10.0.0.5:3001', '10.0.0.5', 3001, 'http://10.0.0.5:3001'],
    ['tcp://[::1]:3001', '::1', 3001, 'http://[::1]:3001'],
    ['http://embed.example.com', 'embed.example.com', 80, 'http://embed.example.com'],
    ['https://example.com/embed/', 'example.com', 443, 'https://example.com/embed/'],
    ['https://example.com:8443', 'example.com', 8443, 'https://example.com:8443'],
  ])('at %s is reached there', (remote, host, port, url) => {
    const component = remoteComponent({ ...planned, remote }, remote, {});
    expect(component).toMatchObject({ address: { kind: 'tcp', host, port }, url });
    expect(component.workers.pids).toEqual([]);
  });

  it.each(['grpc://10.0.0.5:3001', 'grpcs://serve.example.com:3001'])(
    'has no URL when it speaks gRPC: %s',
    (remote) => {
      const component = remoteComponent({ ...planned, remote, listens: 'grpc' }, remote, {});
      expect(component).toMatchObject({ address: { kind: 'tcp', port: 3001 } });
      expect(component).not.toHaveProperty('url');
    },
  );

  it('has no URL when it is a runner, which answers its callers only', () => {
    const runner = { ...planned, id: 'runner:upper', kind: 'runner', name: 'upper' } as const;
    expect(remoteComponent(runner, 'tcp://10.0.0.5:3001', {})).not.toHaveProperty('url');
  });
});
