import { expect, it } from 'vitest';
import type { Bento } from '../../../src/core/model';
import { WantedTerminals } from '../../../src/vscode/terminals/wanted-terminals';
import { bento, component } from '../../support/bentos';

it('a component gets one terminal a Serve, when it has output', () => {
  const wanted = new WantedTerminals();
  const runner = component({ id: 'runner:upper', kind: 'runner' });
  const served = bento({ state: 'starting', components: [component(), runner] });
  expect(wanted.note(bento(), () => true)).toBe(false);
  expect(wanted.note(served, () => false)).toBe(false);
  expect(wanted.note(served, (id) => id === 'http')).toBe(true);
  expect(wanted.take(served.id, false)).toEqual(['http']);
  expect(wanted.note(served, (id) => id === 'http')).toBe(false);
  expect(wanted.note({ ...served, state: 'ready' }, () => true)).toBe(true);
  expect(wanted.take(served.id, false)).toEqual(['runner:upper']);
  expect(wanted.note({ ...served, state: 'ready' }, () => true)).toBe(false);
  wanted.note(bento(), () => true);
  expect(wanted.note(served, () => true)).toBe(true);
  expect(wanted.take(served.id, false)).toEqual(['http', 'runner:upper']);
});

it('a component of a failed start gets its terminal, too, and no old one is opened again', () => {
  const wanted = new WantedTerminals();
  const served = bento({ state: 'starting', components: [component()] });
  const failed: Bento = { ...served, state: 'failed' };
  wanted.note(served, () => true);
  expect(wanted.note(failed, () => true)).toBe(true);
  expect(wanted.take(served.id, true)).toEqual(['http']);
  wanted.note(served, () => true);
  wanted.take(served.id, false);
  expect(wanted.note({ ...served, state: 'ready' }, () => true)).toBe(false);
  expect(wanted.note(failed, () => true)).toBe(false);
  expect(wanted.note(served, () => true)).toBe(true);
  expect(wanted.note(bento(), () => true)).toBe(false);
  // It fails before anything of it runs.
  wanted.note(served, () => false);
  expect(wanted.note(failed, () => true)).toBe(false);
});
