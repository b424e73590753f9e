import { startParameters, type StartParameter } from '../../src/core/plan/start-parameters';
import { section } from './manifest.mts';
import { formatted, table } from './markdown.mts';

const intro = `# Parameters of BentoML's start functions

Serve Bento runs what the functions in \`bentoml/start.py\` run. This page lists every parameter of these functions in BentoML 1.0.8 to 1.4, and the setting that fills it. Parameters that are not set are not passed. Then BentoML's own value applies, for example from \`BENTOML_CONFIG\`. With the launcher \`cli\`, a setting becomes the option of the same name.

\`npm run generate\` generates this page. A test compares it with the signatures and the command-line options of each BentoML version that the tests install.`;

/** The whole page docs/start-parameters.md. */
export async function startParametersPage(): Promise<string> {
  const sections = Object.entries(startParameters).map(
    ([name, parameters]) =>
      `## \`${name}\`\n\n${table(
        ['Parameter', 'Setting', 'BentoML', ''],
        Object.entries(parameters).map(row),
      )}`,
  );
  return formatted('docs/start-parameters.md', [intro, ...sections].join('\n\n'));
}

const row = ([name, { setting, since, note }]: [string, StartParameter]): readonly string[] => [
  `\`${name}\``,
  setting === undefined ? '' : `\`${section}.${setting}\``,
  since === undefined ? '' : `${since} and later`,
  note ?? '',
];
