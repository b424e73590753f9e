import type { Clock } from '../clock';
import type { Log } from '../log';
import { createRun } from '../programs/run';
import { DarwinProcesses } from './darwin-processes';
import { LinuxProcesses } from './linux-processes';
import type { Processes } from './processes';
import { Reaper } from './reaper';
import { RunFiles } from './run-files';
import { Runs } from './runs';
import { WindowsProcesses } from './windows-processes';

export interface OrphanOptions {
  /** Where the run files are; made when there is something to write. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  /** macOS tells of processes through a program. */
  readonly assertTrusted: () => void;
  readonly log: Log;
  readonly clock: Clock;
}

/** What puts our processes on record, and what ends those that were left. */
export function orphanTracking(options: OrphanOptions): {
  readonly runs: Runs;
  readonly reaper: Reaper;
} {
  const { folder, log, clock } = options;
  const parts = { files: new RunFiles(folder, log), processes: processesOf(options), log, clock };
  return { runs: new Runs(parts), reaper: new Reaper(parts) };
}

function processesOf({ platform, assertTrusted, clock }: OrphanOptions): Processes {
  if (platform === 'win32') return new WindowsProcesses();
  return platform === 'darwin'
    ? new DarwinProcesses(createRun(assertTrusted, clock))
    : new LinuxProcesses();
}
