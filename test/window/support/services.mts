import assert from 'node:assert/strict';
import type { VsCodeWindow } from '../host/window.mts';

/** Labels of rows with the first word of their descriptions: `{ http: 'ready' }`. */
export async function componentStates(window: VsCodeWindow): Promise<Record<string, string>> {
  const rows = await window.tree.rows();
  return Object.fromEntries(
    rows
      .filter(({ level }) => level === 2)
      .map(({ label, description }) => [label, description.split(' · ')[0] ?? '']),
  );
}

/** Waits until exactly these components are there and all of them are ready. */
export async function untilReady(
  window: VsCodeWindow,
  components: readonly string[],
): Promise<void> {
  await window.until(
    `${components.join(', ')} ready`,
    async () => {
      const states = await componentStates(window);
      const labels = Object.keys(states).sort();
      return (
        labels.join() === [...components].sort().join() &&
        Object.values(states).every((state) => state === 'ready')
      );
    },
    60_000,
  );
}

/** The address that a component's row shows. */
export async function addressOf(window: VsCodeWindow, component: string): Promise<string> {
  const rows = await window.tree.rows();
  const row = rows.find(({ label, level }) => level === 2 && label === component);
  const address = row?.description.split(' · ')[1];
  assert.match(address ?? '', /^[\d.]+:\d+$/, `no address in ${JSON.stringify(rows)}`);
  return address ?? '';
}

/** Python processes of the window: the helper and everything below it. */
export function pythonProcesses(window: VsCodeWindow): readonly string[] {
  return window
    .processes()
    .filter(({ command }) => /python/.test(command) && !/node/.test(command))
    .map(({ pid, command }) => `${pid} ${command}`);
}
