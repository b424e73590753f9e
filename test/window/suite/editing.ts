import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ServeBentoApi } from '../../../src/api';
import { activatedApi, onlyBento, openFolder } from '../support/extension-api';
import { until } from '../../support/until';

const folder = openFolder().fsPath;
const code = vscode.Uri.file(path.join(folder, 'service.py'));
const buildFile = vscode.Uri.file(path.join(folder, 'bentofile.yaml'));

describe('what helps while one writes', () => {
  const original = readFileSync(code.fsPath, 'utf8');
  let api: ServeBentoApi;
  let inService: vscode.Position;

  before(async () => {
    api = await activatedApi();
    await onlyBento(api);
    const document = await vscode.workspace.openTextDocument(buildFile);
    inService = document.positionAt(
      document.getText().indexOf('service:') + 'service: '.length + 2,
    );
  });

  after(() => writeFileSync(code.fsPath, original));

  it('completes the service from the Python files', async () => {
    const labels = await until('the completion', async () => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        buildFile,
        inService,
      );
      const own = items
        .map(({ label }) => label)
        .filter((label) => typeof label === 'string' && label.includes(':'));
      return own.length > 0 ? own : undefined;
    });
    assert.deepEqual(labels.sort(), ['service:Embedder', 'service:Ranker', 'service:Search']);
  });

  it('tells what the service is', async () => {
    const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      buildFile,
      inService,
    );
    const [text] = hover?.contents ?? [];
    assert.match(
      (text as vscode.MarkdownString).value,
      /\*\*Search\*\*: class service[^]*Calls Embedder\\?, Ranker/,
    );
  });

  it('goes to its definition', async () => {
    const [link] = await vscode.commands.executeCommand<vscode.LocationLink[]>(
      'vscode.executeDefinitionProvider',
      buildFile,
      inService,
    );
    assert.equal(link?.targetUri.fsPath, code.fsPath);
    const line = original.split('\n')[link.targetRange.start.line] ?? '';
    assert.match(line, /class Search|@bentoml\.service/);
  });

  it('says which services there are where a build file names another one, and offers them', async () => {
    const text = readFileSync(buildFile.fsPath, 'utf8');
    writeFileSync(buildFile.fsPath, text.replace(/^service:.*$/m, "service: 'service:Nope'"));
    try {
      const problem = await until(
        'the problem',
        () => vscode.languages.getDiagnostics(buildFile)[0],
      );
      const line = text.split('\n').findIndex((each) => each.startsWith('service:'));
      assert.equal(
        problem.message,
        'service.py has no service Nope. It has: Embedder, Ranker, Search.',
      );
      assert.equal(problem.range.start.line, line);
      const actions = await until('the corrections', async () => {
        const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          buildFile,
          problem.range,
        );
        return found.length > 0 ? found : undefined;
      });
      const change = actions.find(({ title }) => title === 'Change to service:Search');
      assert.ok(change?.edit);
      await vscode.workspace.applyEdit(change.edit);
      const document = await vscode.workspace.openTextDocument(buildFile);
      assert.match(document.lineAt(line).text, /service: 'service:Search'/);
      await document.save();
    } finally {
      writeFileSync(buildFile.fsPath, text);
    }
    await until('no problem', () => vscode.languages.getDiagnostics(buildFile).length === 0);
    await onlyBento(api);
  });

  it('offers the next steps of a failure at its line', async () => {
    const { id } = await onlyBento(api);
    writeFileSync(code.fsPath, `${original}\nif True:\n    import sklearn\n`);
    await assert.rejects(api.serve(id), { code: 'import-failed' });
    await vscode.window.showTextDocument(code);
    const problem = await until('the problem, from where the code begins', () =>
      vscode.languages.getDiagnostics(code).find(({ range }) => range.start.character === 4),
    );
    const { range } = problem;
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      code,
      range,
    );
    const titles = actions.map(({ title }) => title);
    assert.ok(
      titles.includes('Install scikit-learn…') && titles.includes('Serve Again'),
      titles.join(', '),
    );
    writeFileSync(code.fsPath, original);
    const again = actions.find(({ title }) => title === 'Serve Again')?.command;
    await vscode.commands.executeCommand(
      again?.command ?? '',
      ...((again?.arguments ?? []) as unknown[]),
    );
    await until('ready', async () => (await onlyBento(api)).state === 'ready', 60_000);
    await api.stop(id);
  });
});
