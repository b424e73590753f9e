import { expect, it } from 'vitest';
import type { Bento } from '../../../src/core/model';
import { WantedTerminals } from '../../../src/vscode/terminals/wanted-terminals';
import { bento, component } from '../../support/bentos';

it('a component gets one terminal for each serve, once it has output', () => {
  const wanted = new WantedTerminals();
  const runner = component({ id: 'runner:upper', kind: 'runner' });
  const served = bento({ state: 'starting', components: [component(), runner] });
  expect(wanted.update(bento(), () => true)).toBe(false);
  expect(wanted.update(served, () => false)).toBe(false);
  expect(wanted.update(served, (id) => id === 'http')).toBe(true);
  expect(wanted.take(served.id, false)).toEqual(['http']);
  expect(wanted.update(served, (id) => id === 'http')).toBe(false);
  expect(wanted.update({ ...served, state: 'ready' }, () => true)).toBe(true);
  expect(wanted.take(served.id, false)).toEqual(['runner:upper']);
  expect(wanted.update({ ...served, state: 'ready' }, () => true)).toBe(false);
  wanted.update(bento(), () => true);
  expect(wanted.update(served, () => true)).toBe(true);
  expect(wanted.take(served.id, false)).toEqual(['http', 'runner:upper']);
});

it('a component of a failed start gets its terminal, too, and no earlier one is opened again', () => {
  const wanted = new WantedTerminals();
  const served = bento({ state: 'starting', components: [component()] });
  const failed: Bento = { ...served, state: 'failed' };
  wanted.update(served, () => true);
  expect(wanted.update(failed, () => true)).toBe(true);
  expect(wanted.take(served.id, true)).toEqual(['http']);
  wanted.update(served, () => true);
  wanted.take(served.id, false);
  expect(wanted.update({ ...served, state: 'ready' }, () => true)).toBe(false);
  expect(wanted.update(failed, () => true)).toBe(false);
  expect(wanted.update(served, () => true)).toBe(true);
  expect(wanted.update(bento(), () => true)).toBe(false);
  // It fails before anything of it runs.
  wanted.update(served, () => false);
  expect(wanted.update(failed, () => true)).toBe(false);
});
