import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bareEnvironment } from '../../support/bare-environment.ts';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { untilFound, untilMessage } from '../support/services.mts';

const packages = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-packages-'));

export const options: CaseOptions = {
  folder: 'samples/search',
  environment: 'none',
  long: true,
  timeoutSeconds: 300,
  // Where pip finds the package of this journey.
  env: { PIP_NO_INDEX: '1', PIP_FIND_LINKS: packages },
};

/** A build in an environment without pip and uv: it says what is missing, installs it when people agree, and builds. */
const journey: Journey = async (page, window, { environments }) => {
  try {
    writeUvWheel(environments['bentoml-1.4']);
    const python = bareEnvironment(path.join(window.folder, '.venv'), environments['bentoml-1.4']);
    // The names of modules that would run instead of the ones in the environment.
    for (const name of ['pip', 'ensurepip', 'uv', 'click']) {
      writeFileSync(path.join(window.folder, `${name}.py`), `open("ran-${name}", "w")\n`);
    }
    await untilFound(window, 'Search');
    await window.tree.chooseFromMenu('Search', 'Build Bento');
    const message = await untilMessage(window, /uv is missing/);
    assert.match(message, /^Search: .*BentoML 1\.4\.38 needs it to lock package versions/);
    await window.screenshot('missing');
    await window.notifications.answer('Install uv…');
    const dialog = page.locator('.monaco-dialog-box');
    const detail = await dialog.locator('.dialog-message-detail').textContent();
    assert.match(detail ?? '', /python -I -m ensurepip.*python -I -m pip install -- uv/s);
    await window.screenshot('asked');
    await dialog.getByRole('button', { name: 'Install', exact: true }).click();
    await window.until(
      'the build after it',
      async () => /bentoml containerize search:\w+/.test(await window.terminal.text()),
      150_000,
    );
    await window.screenshot('built');
    execFileSync(python, ['-I', '-c', 'import uv']);
    const ran = (name: string) => `${window.folder}/ran-${name}`;
    for (const name of ['pip', 'ensurepip', 'uv', 'click']) {
      assert.throws(() => execFileSync('ls', [ran(name)], { stdio: 'ignore' }), `${name}.py ran`);
    }
  } finally {
    rmSync(packages, { recursive: true, force: true });
  }
};

/** A small package `uv` that calls the real one of the test environment. */
function writeUvWheel(python: string): void {
  const main = `import subprocess, sys\nsys.exit(subprocess.call([${JSON.stringify(python)}, "-I", "-m", "uv", *sys.argv[1:]]))\n`;
  const files = {
    'uv/__init__.py': '',
    'uv/__main__.py': main,
    'uv-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: uv\nVersion: 1.0\n',
    'uv-1.0.dist-info/WHEEL':
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    'uv-1.0.dist-info/RECORD': '',
  };
  const code = [
    'import json, sys, zipfile',
    'with zipfile.ZipFile(sys.argv[1], "w") as wheel:',
    '    for name, text in json.loads(sys.argv[2]).items(): wheel.writestr(name, text)',
  ];
  const wheel = path.join(packages, 'uv-1.0-py3-none-any.whl');
  execFileSync(python, ['-c', code.join('\n'), wheel, JSON.stringify(files)]);
}

export default journey;
