import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const core = path.resolve(import.meta.dirname, '../../src/core');

/** Words of prose: two of them beside each other are not a name, a flag or a path. */
const prose = /(?:^|[\s("])[A-Za-z]*[a-z]{2}[,:;]? (?:\w+ )?[a-z]{2,}/;

/** What a call says goes to the log, in English. */
const forTheLog = /(?:^|\.|#)(?:log|debug|info|warn|error|event|note|report)$|^forLog$/;
const forPrograms = /^(?:say|RegExp)$/;
/** Errors that people see have a problem or a message of the catalogue; what others say is for programmers. */
const forProgrammers = /^(?!ServeError$)\w*Error$|^HelperRefusal$/;

const parsed = (file: string): ts.SourceFile =>
  ts.createSourceFile(
    file,
    readFileSync(path.join(core, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );

/** The literals of a file that could be read by people. */
function literalsOf(file: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (isForLog(node) || isForProgrammers(node)) return;
    const own = ts.isStringLiteralLike(node)
      ? node.text
      : ts.isTemplateExpression(node)
        ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('X')
        : undefined;
    if (own !== undefined && prose.test(own)) found.push(own);
    ts.forEachChild(node, visit);
  };
  visit(parsed(file));
  return found;
}

const isForLog = (node: ts.Node): boolean =>
  ts.isCallExpression(node) && forTheLog.test(node.expression.getText());

/** In an error that people do not see, or in a call that says nothing to them. */
function isForProgrammers(node: ts.Node): boolean {
  if (ts.isNewExpression(node)) return forProgrammers.test(node.expression.getText());
  if (!ts.isCallExpression(node)) return false;
  if (node.expression.kind !== ts.SyntaxKind.SuperKeyword) {
    return forPrograms.test(node.expression.getText());
  }
  const owner = ts.findAncestor(node, ts.isClassLike);
  return forProgrammers.test(owner?.name?.text ?? '');
}

/** Where a file takes the text of a `LogText`, and neither logs it nor makes another one of it. */
function leaksOf(file: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isForLog(node) || isForProgrammers(node)) return;
    if (ts.isPropertyAccessExpression(node) && node.name.text === 'inLog') {
      found.push(`${file}: ${node.parent.getText()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed(file));
  return found;
}

const files = readdirSync(core, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('messages'))
  .sort();

/** How many literals of each file are for the log, for programs or for shells, or are names. */
const notForPeople: Readonly<Record<string, number>> = {
  // A reply to requests of an editor that has ended the session already; debugpy's own texts, which it has in English only.
  'debug/attachment.ts': 1,
  'debug/child-adapter.ts': 1,
  'debug/parent-adapter.ts': 3,
  'diagnosis/known-causes.ts': 2,
  'diagnosis/packages/packages.ts': 2,
  'export/process-compose.ts': 1,
  'export/procfile.ts': 1,
  'export/shell.ts': 3,
  'logs/component-log.ts': 2,
  'logs/output-history.ts': 1,
  'orphans/runs.ts': 4,
  'plan/start-parameters.ts': 12,
  'profile/read-stacks.ts': 1,
  'settings/declarations/bentos.ts': 2,
  // Comments and scripts of the files that are generated, and the names of their formats.
  'target/compose/compose-file.ts': 4,
  'target/compose/health-check.ts': 3,
  'target/compose/relay-command.ts': 1,
  'target/containers/shell-command.ts': 1,
  // The output of kubectl.
  'target/kubernetes/client/port-forward.ts': 1,
  'target/kubernetes/kustomize.ts': 5,
  'target/kubernetes/manifests.ts': 4,
  'target/local/prepare/preparation.ts': 2,
  'target/local/reload/changed-files.ts': 3,
  'target/local/reload/outdated-files.ts': 1,
  'target/local/supervise/component-supervisor.ts': 1,
  'target/local/supervise/graceful-stop.ts': 1,
  'target/local/supervise/worker-exit-line.ts': 1,
  'tls/development-certificates.ts': 2,
};

it('a text of the core that people read is in the catalogue', () => {
  const found = Object.fromEntries(
    files.map((file) => [file.replaceAll('\\', '/'), literalsOf(file)] as const),
  );
  const unexpected = Object.entries(found).flatMap(([file, texts]) => {
    const known = notForPeople[file] ?? 0;
    return texts.length === known ? [] : [`${file}: ${texts.length} instead of ${known}`, ...texts];
  });
  expect(unexpected).toEqual([]);
});

it('a text for the log goes nowhere else', () => {
  expect(files.flatMap(leaksOf)).toEqual([]);
});

it('a literal of prose is recognised', () => {
  for (const text of ['connection refused', 'is Python X, and X is needed', 'It has no service.']) {
    expect(text).toMatch(prose);
  }
  for (const text of ['serveBento.env', 'utf8', '--port', 'api_server.traffic', 'BENTOML_HOME']) {
    expect(text).not.toMatch(prose);
  }
});
