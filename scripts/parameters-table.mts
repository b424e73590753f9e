// npm run settings-table writes docs/start-parameters.md anew, from the table that the extension has.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { startParameters, type StartParameter } from '../src/core/plan/start-parameters.ts';
import { projectRoot } from './cache.mts';

export const parametersFile = path.join(projectRoot, 'docs/start-parameters.md');

const intro = `# Parameters of BentoML's start functions

Serve Bento starts what \`bentoml/start.py\` starts. This is every parameter that those functions have in BentoML 1.0.8 to 1.4, and the setting that fills it. What is not set is not passed: BentoML decides, also from \`BENTOML_CONFIG\`. With the launcher \`cli\` a setting becomes the option of the same name.

Made by \`npm run settings-table\`; a test compares it with the signatures and the command-line options of the BentoML versions that are installed for the tests.`;

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
