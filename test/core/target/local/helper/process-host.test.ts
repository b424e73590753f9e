import { describe } from 'vitest';
import { FakeProcessHost, type FakeProgram } from '../../../../support/fake-process-host';
import {
  processHostContract,
  type ContractProgram,
} from '../../../../support/process-host-contract';

const programs: Readonly<Record<ContractProgram, FakeProgram>> = {
  waits: { writes: 'ready', accepts: false },
  'ignores SIGTERM': { writes: 'ready', stubborn: true },
  'exits with 3': { ends: { code: 3, signal: null } },
  absent: { refused: 'ENOENT' },
  accepts: { writes: 'ready' },
  'runs two workers': { workers: 2 },
};

describe('the fake process host', () => {
  processHostContract(() => {
    const host = new FakeProcessHost({
      program: ({ argv }) => programs[argv[0] as ContractProgram],
    });
    return Promise.resolve({
      host,
      command: (program) => ({ argv: [program], env: {}, cwd: '/', fds: [] }),
      endWorker: (pid) => host.endWorker(pid),
      dispose: () => Promise.resolve(),
    });
  });
});
