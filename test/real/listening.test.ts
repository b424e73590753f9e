import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { expect, it } from 'vitest';
import { testHarness } from '../support/test-harness';

const harnesses = testHarness({ sharesHelpers: true });
const sample = 'test/fixtures/bentos/port-in-the-code';
const id = 'service.py:Greeter';

it.skipIf(process.platform === 'win32')(
  'a service is served on the port that its code asks for, also when it asks for another one',
  async () => {
    const python = harnesses.pythons['bentoml-1.4'];
    const harness = harnesses.set({ python, sample, reference: 'service:Greeter' });
    const thief = createServer().listen(38_871, '127.0.0.1');
    await once(thief, 'listening');
    await expect(harness.registry.serve(id)).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringMatching(
        /^Port 38871 \(http\) is in use by .*\. The service’s code or BentoML’s configuration asks for it\. Stop it, or .* serveBento\.http\.port\.$/,
      ) as string,
    });
    expect(harness.registry.bento(id)?.problem?.port).toBe(38_871);
    const urlNow = (): string | undefined =>
      harness.registry.bento(id)?.components[0]?.url ??
      harness.registry.bento(id)?.problem?.message;

    // For this time: a restart is part of it, the next serve is not.
    const elsewhere = /^http:\/\/127\.0\.0\.1:(?!38871$)\d+$/;
    await harness.registry.serve(id, { once: { freePorts: true } });
    expect(urlNow()).toMatch(elsewhere);
    expect(harness.registry.details(id, 'http')?.insteadOf).toBe(38_871);
    expect(harness.registry.drift(id)).toBeUndefined();
    await harness.registry.restart(id);
    expect(urlNow()).toMatch(elsewhere);
    await harness.registry.stop(id);
    await expect(harness.registry.serve(id)).rejects.toMatchObject({ code: 'port-in-use' });

    thief.close();
    await once(thief, 'close');
    await harness.registry.serve(id);
    expect(urlNow()).toBe('http://127.0.0.1:38871');
    expect(harness.registry.details(id, 'http')?.insteadOf).toBeUndefined();

    const file = path.join(harness.folder, 'service.py');
    await writeFile(file, (await readFile(file, 'utf8')).replace('38871', '38872'));
    harness.saved([file]);
    await expect.poll(urlNow, { timeout: 60_000 }).toBe('http://127.0.0.1:38872');
    const ready = async (): Promise<number> =>
      (await fetch('http://127.0.0.1:38872/readyz').catch(() => undefined))?.status ?? 0;
    await expect.poll(ready, { timeout: 60_000 }).toBe(200);
  },
);
