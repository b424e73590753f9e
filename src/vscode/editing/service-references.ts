import path from 'node:path';
import * as vscode from 'vscode';
import { confinedFileTree } from '../../core/discovery/files/confined-file-tree';
import { nodeFileTree, type FileTree } from '../../core/discovery/files/file-tree';
import type { FoundService } from '../../core/discovery/python/python-services';
import { PythonWorkspace } from '../../core/discovery/python/python-workspace';
import { importedFiles, resolveReference, type Target } from '../../core/discovery/reference';
import { serviceValue, type ServiceValue } from '../../core/discovery/service-key';
import { plainText } from '../plain-text';
import { markdownString } from '../tree/markdown-string';
import { generationWord, serviceDescription } from './service-description';

/** Python files that are looked at for a list of services. */
const mostFiles = 500;
/** Bytes: what is longer is no source that people write. */
const longestFile = 1_000_000;
const notOurs = '**/{.*,node_modules,site-packages,__pycache__,venv}/**';

/** What is known of the `service` of a `bentofile.yaml` or `pyproject.toml`, from reading files. */
export class ServiceReferences
  implements vscode.CompletionItemProvider, vscode.HoverProvider, vscode.DefinitionProvider
{
  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    cancel: vscode.CancellationToken,
  ): Promise<vscode.CompletionItem[]> {
    const value = valueAt(document, position);
    if (value === undefined) return [];
    const folder = path.dirname(document.uri.fsPath);
    const pattern = new vscode.RelativePattern(folder, '**/*.py');
    const files = await vscode.workspace.findFiles(pattern, notOurs, mostFiles, cancel);
    const items: vscode.CompletionItem[] = [];
    const python = pythonAround(document);
    for (const { fsPath } of files.sort((a, b) => a.fsPath.localeCompare(b.fsPath))) {
      if (cancel.isCancellationRequested) return [];
      for (const service of (await python.servicesOf(fsPath)) ?? []) {
        items.push(completion(folder, fsPath, service, value));
      }
    }
    return items;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    const value = valueAt(document, position);
    const target = value && (await targetOf(document, value));
    if (value === undefined || target === undefined) return undefined;
    const folder = path.dirname(document.uri.fsPath);
    const description = serviceDescription(target, folder, vscode.l10n);
    return new vscode.Hover(markdownString(description), rangeOf(value));
  }

  async provideDefinition(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.DefinitionLink[]> {
    const value = valueAt(document, position);
    const target = value && (await targetOf(document, value));
    if (value === undefined || target === undefined) return [];
    const line = target.service?.line ?? 0;
    return [
      {
        originSelectionRange: rangeOf(value),
        targetUri: vscode.Uri.file(target.file),
        targetRange: new vscode.Range(line, 0, line, 0),
      },
    ];
  }
}

function valueAt(
  document: vscode.TextDocument,
  position: vscode.Position,
): ServiceValue | undefined {
  const lines = Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line).text);
  const value = serviceValue(path.basename(document.uri.fsPath), lines);
  return value !== undefined && rangeOf(value).contains(position) ? value : undefined;
}

const rangeOf = ({ line, start, end }: ServiceValue): vscode.Range =>
  new vscode.Range(line, start, line, end);

const targetOf = (
  document: vscode.TextDocument,
  { text }: ServiceValue,
): Promise<Target | undefined> =>
  text === ''
    ? Promise.resolve(undefined)
    : resolveReference(text, path.dirname(document.uri.fsPath), pythonAround(document));

/** The modules of a document's folder as they are now. */
function pythonAround({ uri }: vscode.TextDocument): PythonWorkspace {
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? path.dirname(uri.fsPath);
  const { isTrusted } = vscode.workspace;
  const files = isTrusted ? nodeFileTree : confinedFileTree(nodeFileTree, folder);
  return new PythonWorkspace({
    read: (file) => readSource(file, files),
    has: () => true,
    filesOf: (module, file) => importedFiles(module, file, folder, () => false),
  });
}

/** What is in the editor, where it is open: it may not be saved yet. */
async function readSource(file: string, files: FileTree): Promise<Buffer | undefined> {
  const uri = vscode.Uri.file(file);
  const open = vscode.workspace.textDocuments.find(({ uri: own }) => own.fsPath === uri.fsPath);
  try {
    const content = open === undefined ? await files.read(file, longestFile) : undefined;
    return open === undefined ? content : Buffer.from(open.getText());
  } catch {
    // There is no such file.
    return undefined;
  }
}

function completion(
  folder: string,
  file: string,
  service: FoundService,
  value: ServiceValue,
): vscode.CompletionItem {
  const relative = path.relative(folder, file);
  const module = relative.replace(/(?:[/\\]__init__)?\.py$/, '').replaceAll(/[/\\]/g, '.');
  const text = service.attribute === '' ? module : `${module}:${service.attribute}`;
  // The list renders icons in labels.
  const item = new vscode.CompletionItem(plainText(text), vscode.CompletionItemKind.Class);
  item.insertText = text;
  item.filterText = text;
  item.range = rangeOf(value);
  item.detail = generationWord(service, vscode.l10n);
  item.documentation = markdownString(serviceDescription({ file, service }, folder, vscode.l10n));
  return item;
}
