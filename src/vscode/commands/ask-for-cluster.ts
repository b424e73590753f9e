import * as vscode from 'vscode';
import { cancelled } from '../../core/problem';
import type { ClusterQuestion } from '../../core/registry/engines/engine-context';
import type { ClusterPlace } from '../../core/target/kubernetes/client/kubectl-program';
import { plainWindow } from '../plain-window';

/** Asks for a context and a namespace. @throws ServeError `cancelled` */
export async function askForCluster(
  { displayName }: { readonly displayName: string },
  { contexts, namespaces }: ClusterQuestion,
): Promise<ClusterPlace> {
  const title = vscode.l10n.t('In which cluster should {0} be served?', displayName);
  const chosen = await plainWindow.showQuickPick(
    contexts.map((label) => ({ label })),
    { title, placeHolder: vscode.l10n.t('Choose a kubectl context') },
  );
  if (chosen === undefined) throw cancelled();
  const context = chosen.label;
  const { usual, all } = await namespaces(context);
  const namespace = await askForNamespace(context, usual, all);
  if (namespace === undefined) throw cancelled();
  return { context, namespace };
}

/** Lets the user enter a name where the cluster does not list them. */
async function askForNamespace(
  context: string,
  usual: string,
  all: readonly string[] | undefined,
): Promise<string | undefined> {
  const title = vscode.l10n.t('In which namespace of {0} should it be served?', context);
  if (all === undefined) {
    const answer = await plainWindow.showInputBox({ title, value: usual, ignoreFocusOut: true });
    return answer === '' ? undefined : answer;
  }
  const others = all.filter((name) => name !== usual);
  const items = [usual, ...others].map((label) => ({ label }));
  return (await plainWindow.showQuickPick(items, { title }))?.label;
}

/** Asks whether a bento may be served in a cluster that is in production. @throws ServeError `cancelled` */
export async function confirmProduction(
  { displayName }: { readonly displayName: string },
  { context, namespace }: ClusterPlace,
): Promise<void> {
  const serve = vscode.l10n.t('Serve');
  const answer = await plainWindow.showWarningMessage(
    vscode.l10n.t('Serve {0} in {1}?', displayName, context),
    {
      modal: true,
      detail: vscode.l10n.t(
        'The name of this context indicates a production cluster. Namespace: {0}.',
        namespace,
      ),
    },
    serve,
  );
  if (answer !== serve) throw cancelled();
}
