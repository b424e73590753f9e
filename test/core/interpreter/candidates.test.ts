import { describe, expect, it } from 'vitest';
import { pythonOf } from '../../../src/core/interpreter/candidates';
import { InterpreterProbe } from '../../../src/core/interpreter/interpreter-probe';
import { say } from '../../../src/core/messages/message';

describe('pythonOf', () => {
  it('is where each system keeps it', () => {
    expect(pythonOf('/a/.venv', 'linux')).toBe('/a/.venv/bin/python');
    expect(pythonOf('C:\\a\\.venv', 'win32')).toBe('C:\\a\\.venv\\Scripts\\python.exe');
  });
});

describe('a script of Windows', () => {
  it.each(['C:\\pyenv\\shims\\python.bat', 'C:\\x\\PYTHON.CMD'])('is not run: %s', async (path) => {
    const probe = new InterpreterProbe({
      run: () => Promise.reject(new Error('was run')),
      script: 'probe.py',
      cwd: 'C:\\',
      env: {},
      platform: 'win32',
    });
    const outcome = await probe.probe(path, { workingDir: 'C:\\', settings: { env: {} } });
    expect(outcome).toEqual({
      ok: false,
      why: say('pythonIsScript'),
    });
  });
});
