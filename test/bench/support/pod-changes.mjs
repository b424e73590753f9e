// Changes the status of pods: URL CHANGES_A_SECOND SECONDS. In a process of its own, so that it is not measured.
import { setTimeout as pause } from 'node:timers/promises';

const [, , url = '', rate = '', seconds = ''] = process.argv;
const total = Number(rate) * Number(seconds);
const started = performance.now();
const waiting = new Set();
for (let sent = 0; sent < total; sent++) {
  const pod = `s${(sent * 7) % 1000}-${sent % 5}`;
  const restartCount = 1 + Math.floor(sent / 5000) + (sent % 97);
  const changing = fetch(`${url}/${pod}/status`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/strategic-merge-patch+json' },
    body: JSON.stringify({ status: { containerStatuses: [{ name: 'bento', restartCount }] } }),
  }).then(async (response) => {
    if (!response.ok) throw new Error(await response.text());
    await response.arrayBuffer();
    waiting.delete(changing);
  });
  waiting.add(changing);
  await pause(Math.max(0, started + (1000 * sent) / Number(rate) - performance.now()));
}
await Promise.all(waiting);
process.stdout.write(String(total / ((performance.now() - started) / 1000)));
