import type { Processes, ProcessIdentity } from '../../../src/core/orphans/processes';

interface FakeProcess extends ProcessIdentity {
  readonly mark?: string;
  /** What it does not end at. Default: nothing. */
  readonly deafTo?: readonly NodeJS.Signals[];
}

/** Processes that are told what to be. */
export class FakeProcesses implements Processes {
  living: FakeProcess[] = [];
  readonly signals: string[] = [];
  /** Children that each killed process leaves. */
  heirs = new Map<number, FakeProcess>();

  system(): Promise<string> {
    return Promise.resolve('here');
  }

  identity(pid: number): Promise<ProcessIdentity | undefined> {
    return Promise.resolve(this.living.find((one) => one.pid === pid));
  }

  marked(marks: ReadonlySet<string>): Promise<readonly ProcessIdentity[]> {
    return Promise.resolve(this.living.filter(({ mark }) => marks.has(mark ?? '')));
  }

  signal(targets: readonly ProcessIdentity[], signal: NodeJS.Signals): Promise<void> {
    for (const { pid, start } of targets) {
      const found = this.living.find((one) => one.pid === pid && one.start === start);
      if (found === undefined) continue;
      this.signals.push(`${signal} ${pid}`);
      if (signal === 'SIGCONT' || found.deafTo?.includes(signal) === true) continue;
      this.living = this.living.filter((one) => one !== found);
      const heir = this.heirs.get(pid);
      if (heir !== undefined) this.living.push(heir);
    }
    return Promise.resolve();
  }
}
