import { expect, it } from 'vitest';
import { OutputHistory } from '../../../src/core/logs/output-history';
import { diagnostics } from '../../../src/vscode/problems/diagnostics';
import { bento, component, details, fakeManager } from '../../support/bentos';

it('tells versions, settings, states, problems and the last output, and no secret', () => {
  const output = new OutputHistory();
  for (let line = 0; line < 50; line++) output.append(`\u001b[36mline ${line}\u001b[0m\r\n`);
  const problem = { code: 'crashed', message: 'http exited with code 1.' } as const;
  const served = bento({
    state: 'degraded',
    python: '/home/ann/.venv/bin/python',
    bentomlVersion: '1.4.38',
    components: [component({ state: 'failed', problem, restarts: 2 })],
  });
  const manager = fakeManager([served]);
  manager.waitingHelpers = 2;
  manager.known.set(
    `${served.id} http`,
    details({ output, logFile: '/home/ann/logs/search-http.log' }),
  );
  const text = diagnostics({
    manager,
    versions: { 'Serve Bento': '0.1.0' },
    settings: {
      ml: {
        env: { TOKEN: 'hunter2', GONE: null },
        bentos: [{ bento: '.', env: { KEY: 'hunter3' } }],
        http: { port: 3000 },
        pythonPath: 'C:\\x',
        envFile: '/home/ann/.env',
      },
    },
    trusted: true,
    home: '/home/ann',
  });
  expect(text).not.toMatch(/hunter|\u001b|\/home\/ann/);
  expect(text).toContain('"TOKEN": "***"');
  expect(text).toContain('"GONE": null');
  expect(text).toContain('"KEY": "***"');
  expect(text).toContain('"port": 3000');
  expect(text).toContain('- Serve Bento: 0.1.0');
  expect(text).toContain('- helpers that wait for the next serve: 2');
  expect(text).toContain('degraded, BentoML 1.4.38');
  expect(text).toContain('Python: ~/.venv/bin/python');
  expect(text).toContain('crashed: http exited with code 1.');
  expect(text).toContain('- log: ~/logs/search-http.log');
  expect(text).toContain('line 49');
  expect(text).not.toContain('line 29\n');
});
