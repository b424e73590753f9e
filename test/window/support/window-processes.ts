import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isAlive, processesWith } from '../../support/processes';

/** Every case has a BentoML home of its own, which all processes of its window inherit. */
const mark = `BENTOML_HOME=${process.env['BENTOML_HOME'] ?? ''}`;

/** What the window's extension host started, directly or not; orphans too, VS Code's own not. Linux only. */
export function servedProcesses(): readonly number[] {
  return processesWith(mark).filter((pid) => {
    const program = programOf(pid);
    return program !== undefined && program !== process.execPath;
  });
}

export function alive(pids: readonly number[]): readonly number[] {
  return pids.filter((pid) => isAlive(pid));
}

/** The ports on which the extension host, or anything it started, listens. */
export function windowPorts(): readonly number[] {
  const sockets = new Set([process.pid, ...servedProcesses()].flatMap(socketsOf));
  const listening = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && sockets.has(fields[9] ?? ''))
      .map((fields) => Number.parseInt(fields[1]?.split(':').at(-1) ?? '', 16)),
  );
  return [...new Set(listening)].sort((a, b) => a - b);
}

function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined; // gone in the meantime
  }
}

function socketsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
