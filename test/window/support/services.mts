import assert from 'node:assert/strict';
import { servingOf } from '../../support/processes.ts';
import type { VsCodePage } from '../host/vscode-page.mts';
import type { VsCodeWindow } from '../host/window.mts';

const stateWords =
  /^(?:not available|not watched|stopped|starting|ready|unhealthy|restarting soon|stopping|failed)/;

/** The components' labels with their states: `{ http: 'ready' }`; of one bento if it is named. */
export async function componentStates(
  window: VsCodePage,
  bento?: string,
): Promise<Record<string, string>> {
  const rows = await window.tree.rows();
  const first = rows.findIndex(({ level, label }) => level === 1 && label === bento) + 1;
  const rest = rows.slice(first);
  const next = bento === undefined ? -1 : rest.findIndex(({ level }) => level === 1);
  return Object.fromEntries(
    (next === -1 ? rest : rest.slice(0, next))
      .filter(({ level }) => level === 2)
      .map(({ label, description }) => [
        label,
        description.split(' · ').find((part) => stateWords.test(part)) ?? '',
      ]),
  );
}

/** Waits until exactly these components are there and all of them are ready. */
export async function untilReady(
  window: VsCodePage,
  components: readonly string[],
  bento?: string,
): Promise<void> {
  const wanted = Object.fromEntries(components.map((label) => [label, 'ready']));
  const limit = 60_000;
  await window.until(
    `${components.join(', ')} ready`,
    async () => {
      assert.deepEqual(await componentStates(window, bento), wanted);
      return true;
    },
    limit,
  );
}

/** The address that a component's row shows. */
export async function addressOf(window: VsCodePage, component: string): Promise<string> {
  const rows = await window.tree.rows();
  const row = rows.find(({ label, level }) => level === 2 && label === component);
  const [, host = '', port = ''] = /^([\d.]*):(\d+)\b/.exec(row?.description ?? '') ?? [];
  assert.notEqual(port, '', `no address in ${JSON.stringify(rows)}`);
  return `${host === '' ? '127.0.0.1' : host}:${port}`;
}

/** Python processes of the window: helpers and everything below them. */
export function pythonProcesses(window: VsCodeWindow): readonly string[] {
  return window
    .processes()
    .filter(({ command }) => /python/.test(command) && !/node/.test(command))
    .map(({ pid, command }) => `${pid} ${command}`);
}

/** Of these, what serves or is left of it: all but helpers that wait for the next serve, each with its fork server. */
export const servingPids = (window: VsCodeWindow): readonly number[] =>
  servingOf(pythonPids(window));

/** Waits until nothing is served any more, on the screen and in the process table; a helper may wait for the next serve. */
export async function untilNothingRuns(window: VsCodeWindow): Promise<void> {
  await window.until('that nothing runs', async () => {
    const states = Object.values(await componentStates(window));
    return states.every((state) => state === 'stopped') && servingPids(window).length === 0;
  });
}

/** Opens the view and waits for the row of a bento. */
export async function untilFound(window: VsCodePage, bento: string): Promise<void> {
  await window.until(
    `the row of ${bento}`,
    async () => {
      // After a reload VS Code opens it by itself: a click at that very moment would close it.
      await window.activityBar.open('Serve Bento');
      return (await window.tree.rows()).some(({ label }) => label === bento);
    },
    40_000,
  );
}

export async function bentoRow(window: VsCodePage, bento: string): Promise<string> {
  const rows = await window.tree.rows();
  return rows.find(({ label, level }) => level === 1 && label === bento)?.description ?? '';
}

/** Waits for a message and gives its text. */
export async function untilMessage(window: VsCodePage, text: RegExp): Promise<string> {
  return window.until(`a message like ${text.source}`, async () =>
    (await window.notifications.messages()).find((message) => text.test(message)),
  ) as Promise<string>;
}

/** Pids of the Python processes of the window. */
export function pythonPids(window: VsCodeWindow): readonly number[] {
  return pythonProcesses(window).map((line) => Number.parseInt(line, 10));
}

/** What the status bar says of the problems of files. */
export async function problemCount(window: VsCodePage): Promise<string> {
  const items = await window.statusBar.items();
  return items.find(({ id }) => id === 'status.problems')?.aria ?? '';
}
