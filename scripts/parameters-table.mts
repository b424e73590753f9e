// npm run settings-table writes docs/start-parameters.md from the table in the extension.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { startParameters, type StartParameter } from '../src/core/plan/start-parameters.ts';
import { projectRoot } from './cache.mts';

export const parametersFile = path.join(projectRoot, 'docs/start-parameters.md');

const intro = `# Parameters of BentoML's start functions

Serve Bento runs what the functions in \`bentoml/start.py\` run. This page lists every parameter of these functions in BentoML 1.0.8 to 1.4, and the setting that fills it. Parameters that are not set are not passed. Then BentoML's own value applies, for example from \`BENTOML_CONFIG\`. With the launcher \`cli\`, a setting becomes the option of the same name.

\`npm run settings-table\` generates this page. A test compares it with the signatures and the command-line options of each BentoML version that the tests install.`;

/** The page as it should be. */
export async function parametersPage(): Promise<string> {
  const sections = Object.entries(startParameters).map(([name, parameters]) => {
    const rows = Object.entries(parameters).map(row);
    return [
      `## \`${name}\``,
      '',
      '| Parameter | Setting | BentoML | |',
      '| --- | --- | --- | --- |',
      ...rows,
    ];
  });
  const text = [intro, ...sections.map((lines) => lines.join('\n'))].join('\n\n');
  return format(text, { ...(await resolveConfig(parametersFile)), parser: 'markdown' });
}

function row([name, { setting, since, note }]: [string, StartParameter]): string {
  const cells = [
    `\`${name}\``,
    setting === undefined ? '' : `\`serveBento.${setting}\``,
    since === undefined ? '' : `${since} and later`,
    note ?? '',
  ];
  return `| ${cells.join(' | ')} |`;
}

if (import.meta.main) writeFileSync(parametersFile, await parametersPage());
