import * as vscode from 'vscode';
import { systemClock } from '../../core/clock';
import type { ExtensionParts } from '../parts/extension-parts';
import { BentoTree } from '../tree/bento-tree';
import { SecondTicks } from '../tree/second-ticks';
import { ServicesView } from '../tree/services-view';
import type { Feature } from './feature';

/** The tree of bentos, its badge and the item in the status bar. */
export const bentoView: Feature<ExtensionParts> = {
  name: 'bentos view',
  register: ({ registry, sources, warmUp }, own) => {
    const ticks = new SecondTicks(registry, systemClock);
    own.push(ticks);
    const tree = new BentoTree(registry, systemClock, ticks);
    own.push(
      tree,
      tree.onDidShow((ids) => ids.forEach((id) => warmUp.seen(id))),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) void registry.onFocus();
      }),
    );
    own.push(new ServicesView(registry, tree, () => sources.done, systemClock, ticks));
  },
};
