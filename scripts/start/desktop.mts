import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeDesktopProfile } from '../desktop-vscode.mts';
import { sample, type StartOptions } from './sample.mts';

/** Opens a desktop VS Code on a copy of the sample, until its window is closed. */
export async function startDesktop({ vsix, python }: StartOptions): Promise<void> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'sb-'));
  try {
    const settings = {
      'security.workspace.trust.enabled': false,
      'serveBento.pythonPath': python,
      'workbench.startupEditor': 'none',
    };
    const profile = await makeDesktopProfile({ version: 'stable', folder: work, vsix, settings });
    const folder = path.join(work, path.basename(sample.folder));
    cpSync(sample.folder, folder, { recursive: true });
    console.log('VS Code is open. Run "BentoML: Serve Bento" in it; close it to end.');
    const args = [...profile.args, '--new-window', '--wait', folder];
    await once(spawn(profile.executable, args, { stdio: 'ignore' }), 'exit');
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  }
}
