import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Pids of the living processes whose environment holds the text; Linux and macOS. */
export function processesWith(text: string): readonly number[] {
  if (process.platform === 'darwin') return processesOfPs(text);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && holds(pid, text) && isAlive(pid));
}

/** Kills a process that may end by itself meanwhile. */
export function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A zombie is no living process. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Whether it has a priority that only what nobody waits for has. Linux only. */
export function isIdle(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Its nice value, and the policy SCHED_BATCH.
  return fields[16] === '19' || fields[38] === '3';
}

function holds(pid: number, text: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(text);
  } catch {
    return false;
  }
}

/** macOS has no /proc; `ps -E` shows the environments of one's own processes. */
function processesOfPs(text: string): readonly number[] {
  const said = execFileSync('ps', ['-axEww', '-o', 'pid=,stat=,command='], { encoding: 'utf8' });
  return said
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter((row) => row?.[2]?.startsWith('Z') === false && row[3]?.includes(text) === true)
    .map((row) => Number(row?.[1]))
    .filter((pid) => pid !== process.pid);
}

/** The TCP ports that somebody on this machine listens on; Linux and macOS. */
export function listeningPorts(): ReadonlySet<number> {
  if (process.platform === 'darwin') {
    const said = execFileSync('netstat', ['-anp', 'tcp'], { encoding: 'utf8' });
    const ports = [...said.matchAll(/^tcp\S*\s+\d+\s+\d+\s+\S*\.(\d+)\s+\S+\s+LISTEN/gm)];
    return new Set(ports.map(([, port]) => Number(port)));
  }
  return new Set(listeningSockets().map(({ port }) => port));
}

/** The TCP ports on which these processes listen, in order. Linux only. */
export function portsOf(pids: readonly number[]): readonly number[] {
  const own = new Set(pids.flatMap(socketsOf));
  const ports = listeningSockets().filter(({ inode }) => own.has(inode));
  return [...new Set(ports.map(({ port }) => port))].sort((a, b) => a - b);
}

interface ListeningSocket {
  readonly port: number;
  readonly inode: string;
}

function listeningSockets(): readonly ListeningSocket[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A')
      .map((fields) => ({
        port: Number.parseInt(fields[1]?.split(':').at(-1) ?? '', 16),
        inode: fields[9] ?? '',
      })),
  );
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
    return []; // gone in the meantime
  }
}

/** A helper that serves nothing, and its fork server. */
export type WaitingPair = readonly [helper: number, forkServer: number];

/**
 * What waits for the next serve among these processes: each helper that has one fork server and no other child, with this
 * fork server. Elsewhere than on Linux nothing does.
 */
export function waitingPairs(pids: readonly number[]): readonly WaitingPair[] {
  if (process.platform !== 'linux') return [];
  const childrenOf = Map.groupBy(pids, parentOf);
  return pids.filter(isHelper).flatMap((helper) => {
    const [forkServer, ...others] = childrenOf.get(helper) ?? [];
    const waits =
      forkServer !== undefined && isForkServer(forkServer) && !childrenOf.has(forkServer);
    return waits && others.length === 0 ? [[helper, forkServer] as const] : [];
  });
}

/** Those of the extension's processes that serve, or are left of it: all but what waits for the next serve. */
export function servingOf(pids: readonly number[]): readonly number[] {
  const waiting = new Set(waitingPairs(pids).flat());
  return pids.filter((pid) => !waiting.has(pid));
}

const isHelper = (pid: number): boolean => commandOf(pid).endsWith('/python/helper');

const isForkServer = (pid: number): boolean => commandOf(pid).includes('/python/fork_server.py');

/** 0 for one that is gone; Linux only. */
export function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return 0;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return ''; // gone in the meantime
  }
}

/** Fork servers among those whose environment holds the mark. */
export const forkServersOf = (mark: string): readonly number[] =>
  processesWith(mark).filter(isForkServer);
