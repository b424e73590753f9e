import { inject, it } from 'vitest';
import { runWindow } from '../support/engine-window';
import { imageNamed } from './support/exported';
import { testNamespaces } from './support/namespace';

const { env } = inject('cluster');
const namespace = testNamespaces();

it('a bento on Kubernetes in a real window', async () => {
  const { name } = await namespace();
  await runWindow({ kind: 'kubernetes', env, image: imageNamed('ready'), namespace: name });
  // A window is opened twice.
}, 420_000);
