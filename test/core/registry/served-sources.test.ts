import { beforeEach, expect, it } from 'vitest';
import type { BentoRecord } from '../../../src/core/registry/bento-record';
import { ServedSources } from '../../../src/core/registry/served-sources';
import { defaultSettings } from '../../../src/core/settings/default-settings';

let reload: boolean;
let watched: (readonly string[])[];
let served: ServedSources;

beforeEach(() => {
  reload = true;
  watched = [];
  served = new ServedSources({
    settingsFor: () => ({ ...defaultSettings, reload }),
    watchServed: (files) => watched.push(files),
  });
});

const record = (
  sources: readonly string[] | undefined,
  { source = 'file', stopping = false } = {},
): BentoRecord =>
  ({ bento: { source }, served: { stopping, plan: { sources } } }) as unknown as BentoRecord;
const idle = { bento: { source: 'file' } } as unknown as BentoRecord;

it('watches the sources of everything that is served, each once', () => {
  served.follow([idle, record(['/b.py', '/a.py']), record(['/a.py']), record(undefined)]);
  expect(watched).toEqual([['/a.py', '/b.py']]);
});

it('tells only of another set of files', () => {
  served.follow([]);
  expect(watched).toEqual([]);
  served.follow([record(['/a.py'])]);
  served.follow([record(['/a.py'])]);
  served.follow([idle]);
  expect(watched).toEqual([['/a.py'], []]);
});

it('watches nothing of what is built or being stopped, or is not to be reloaded', () => {
  served.follow([record(['/a.py'], { source: 'store' }), record(['/b.py'], { stopping: true })]);
  reload = false;
  served.follow([record(['/c.py'])]);
  expect(watched).toEqual([]);
});
