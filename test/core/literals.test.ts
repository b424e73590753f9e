import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const core = path.resolve(import.meta.dirname, '../../src/core');

/** Words of prose: two of them beside each other are not a name, a flag or a path. */
const prose = /(?:^|[\s("])[A-Za-z]*[a-z]{2}[,:;]? (?:\w+ )?[a-z]{2,}/;

/** What a call says goes to the log or to programmers, in English. */
const forTheLog = /(?:^|\.|#)(?:log|debug|info|warn|error|event|note|report)$|^say$|^RegExp$/;

/** The literals of a file that could be read by people. */
function literalsOf(file: string): readonly string[] {
  const text = readFileSync(path.join(core, file), 'utf8');
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (isForProgrammers(node)) return;
    const own = ts.isStringLiteralLike(node)
      ? node.text
      : ts.isTemplateExpression(node)
        ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('X')
        : undefined;
    if (own !== undefined && prose.test(own)) found.push(own);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function isForProgrammers(node: ts.Node): boolean {
  if (ts.isCallExpression(node)) return forTheLog.test(node.expression.getText());
  return ts.isNewExpression(node) && /^(?:Range|Type)?Error$/.test(node.expression.getText());
}

const files = readdirSync(core, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('messages'))
  .sort();

/** How many literals of each file are for the log, for programs or for shells, or are names. */
const notForPeople: Readonly<Record<string, number>> = {
  'diagnosis/known-causes.ts': 2,
  'diagnosis/packages/packages.ts': 2,
  'export/process-compose.ts': 1,
  'export/procfile.ts': 1,
  'export/shell.ts': 3,
  'logs/component-log.ts': 2,
  'logs/rotating-file.ts': 1,
  'orphans/runs.ts': 4,
  'plan/plan-cache.ts': 1,
  'plan/start-parameters.ts': 12,
  'registry/warm-up.ts': 2,
  'settings/declarations/bentos.ts': 2,
  'target/local/fork-server/fork-server-request.ts': 4,
  'target/local/fork-server/helper-pool.ts': 4,
  'target/local/prepare/preparation.ts': 3,
  'target/local/reload/changed-files.ts': 3,
  'target/local/reload/outdated-files.ts': 1,
  'target/local/supervise/component-supervisor.ts': 1,
  'target/local/supervise/graceful-stop.ts': 1,
  'tls/development-certificates.ts': 2,
};

/** How many are in English in every language, until they are in the catalogue. None may be added. */
const inEnglishOnly: Readonly<Record<string, number>> = {
  'discovery/build-file/build-file.ts': 1,
  'discovery/files/source-walk.ts': 2,
  'discovery/folder-sources.ts': 4,
  'discovery/python/python-workspace.ts': 2,
  'export/export-set.ts': 4,
  'logs/log-file.ts': 1,
  'logs/log-folder.ts': 1,
  'logs/output-history.ts': 1,
  'logs/write-failure.ts': 13,
  'programs/spawn-refusal.ts': 5,
  'programs/start-program.ts': 5,
  'target/local/fork-server/fork-server-death.ts': 9,
  'target/local/helper/helper-connection.ts': 3,
  'target/local/helper/helper.ts': 2,
  'target/local/run-directory.ts': 1,
  'target/local/serve-runtime.ts': 1,
  'target/local/served-components.ts': 3,
  'target/local/workers/worker-group.ts': 1,
};

it('a text of the core that people read is in the catalogue', () => {
  const found = Object.fromEntries(
    files.map((file) => [file.replaceAll('\\', '/'), literalsOf(file)] as const),
  );
  const unexpected = Object.entries(found).flatMap(([file, texts]) => {
    const known = (notForPeople[file] ?? 0) + (inEnglishOnly[file] ?? 0);
    return texts.length === known ? [] : [`${file}: ${texts.length} instead of ${known}`, ...texts];
  });
  expect(unexpected).toEqual([]);
});

it('a literal of prose is recognised', () => {
  for (const text of ['connection refused', 'is Python X, and X is needed', 'It has no service.']) {
    expect(text).toMatch(prose);
  }
  for (const text of ['serveBento.env', 'utf8', '--port', 'api_server.traffic', 'BENTOML_HOME']) {
    expect(text).not.toMatch(prose);
  }
});
