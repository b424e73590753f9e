import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import { systemClock } from '../../core/clock';
import type { DisposableList } from '../lifecycle/disposable-list';
import { Notices } from '../problems/notices';
import { ProblemList } from '../problems/problem-list';
import type { ProblemMessages } from '../problems/problem-messages';
import { BuildFileDiagnostics, type BuildFileSources } from './build-file-diagnostics';
import { ProblemFixes } from './problem-fixes';
import { ServiceReferences } from './service-references';

/** Files that name a bento's `service`. */
const buildFiles: vscode.DocumentSelector = {
  scheme: 'file',
  pattern: '**/{*bentofile*.yaml,*bentofile*.yml,pyproject.toml}',
};

/** Registers problems, their fixes and notices, and help in build files. Loaded after the first discovery. */
export function registerEditing(
  own: Pick<DisposableList, 'push'>,
  {
    manager,
    messages,
    sources,
  }: {
    readonly manager: BentoManager;
    readonly messages: ProblemMessages;
    readonly sources: BuildFileSources;
  },
): void {
  const references = new ServiceReferences();
  own.push(
    new ProblemFixes(manager, messages),
    vscode.languages.registerCompletionItemProvider(buildFiles, references, ':', ' ', '"'),
    vscode.languages.registerHoverProvider(buildFiles, references),
    vscode.languages.registerDefinitionProvider(buildFiles, references),
    new BuildFileDiagnostics(sources, buildFiles),
    new ProblemList(manager),
    new Notices(manager, messages, systemClock),
  );
}
