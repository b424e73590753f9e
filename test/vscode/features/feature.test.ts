import { beforeEach, expect, it } from 'vitest';
import { registerFeatures, type Feature } from '../../../src/vscode/features/feature';
import { DisposableList } from '../../../src/vscode/lifecycle/disposable-list';
import { commands, user } from '../../support/fake-vscode';

beforeEach(() => user.reset());

interface Parts {
  readonly command: string;
}
const feature = (name: string, after?: () => void): Feature<Parts> => ({
  name,
  register: ({ command }, own) => {
    own.push(commands.registerCommand(`${name}.${command}`, () => undefined));
    after?.();
  },
});
const fail = (): never => {
  throw new Error('no such view');
};
const logged: string[] = [];
const log = { error: (message: string) => void logged.push(message) };
const registered = (): string[] => [...user.commands.keys()];

beforeEach(() => void (logged.length = 0));

it('a feature that fails leaves nothing behind, is logged, and keeps no other one away', () => {
  const features = [feature('a'), feature('b', fail), feature('c')];
  const all = registerFeatures(features, { command: 'run' }, log);
  expect(registered()).toEqual(['a.run', 'c.run']);
  expect(logged).toEqual([
    expect.stringMatching(/^The feature "b" is not available: Error: no such view\n/),
  ]);
  all.dispose();
  expect(registered()).toEqual([]);
});

it('a feature that neither registers nor can be removed is logged twice', () => {
  const stuck: Feature<Parts> = {
    name: 'stuck',
    register: (_, own) => {
      own.push({ dispose: fail });
      fail();
    },
  };
  registerFeatures([stuck, feature('a')], { command: 'run' }, log);
  expect(registered()).toEqual(['a.run']);
  expect(logged).toHaveLength(2);
  expect(logged[1]).toContain('The feature "stuck" could not be removed');
});

it('what a feature adds after its end is ended at once', () => {
  let added: ((command: string) => void) | undefined;
  const late: Feature<Parts> = {
    name: 'late',
    register: (_, own) => {
      added = (command) => own.push(commands.registerCommand(command, () => undefined));
    },
  };
  const all = registerFeatures([late], { command: 'run' }, log);
  added?.('before');
  expect(registered()).toEqual(['before']);
  all.dispose();
  added?.('after');
  expect(registered()).toEqual([]);
});

it('a list ends its items in reverse order, once, and all of them', () => {
  const ended: string[] = [];
  const item = (name: string) => ({ dispose: () => void ended.push(name) });
  const list = new DisposableList();
  list.push(item('a'), { dispose: fail }, item('b'));
  expect(() => list.dispose()).toThrow('Not everything could be disposed of.');
  expect(ended).toEqual(['b', 'a']);
  list.dispose();
  expect(ended).toEqual(['b', 'a']);
});
