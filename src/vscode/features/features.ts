import * as vscode from 'vscode';
import { taskType } from '../identifiers';
import type { ExtensionParts } from '../parts/extension-parts';
import { SettingProblems } from '../problems/setting-problems';
import { ServeTaskProvider } from '../tasks/serve-task-provider';
import { bentoView } from './bento-view';
import { commands } from './commands';
import { debugging } from './debugging';
import type { Feature } from './feature';
import { shownFiles } from './shown-files';
import { startUp } from './start-up';
import { storeView } from './store-view';

const settingProblems: Feature<ExtensionParts> = {
  name: 'messages about settings',
  register: ({ sources }, own) => own.push(new SettingProblems(sources)),
};

const serveTasks: Feature<ExtensionParts> = {
  name: 'tasks',
  register: ({ registry, sources }, own) => {
    const provider = new ServeTaskProvider(registry, () => sources.whenDone());
    own.push(vscode.tasks.registerTaskProvider(taskType, provider));
  },
};

/** Everything that activation registers, in this order. */
export const features: readonly Feature<ExtensionParts>[] = [
  bentoView,
  shownFiles,
  storeView,
  settingProblems,
  serveTasks,
  commands,
  debugging,
  startUp,
];
