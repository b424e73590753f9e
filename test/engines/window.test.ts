import { inject, it } from 'vitest';
import { runWindow } from '../support/engine-window';

const { env, image } = inject('engine');

it('a bento on Docker Compose in a real window', async () => {
  await runWindow({ kind: 'compose', env, image });
  // A window is opened, in which containers start three times.
}, 540_000);

it('a component in a container is debugged in a real window', async () => {
  await runWindow({ kind: 'compose', env, image }, 'debug-on-compose');
}, 420_000);
