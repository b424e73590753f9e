import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../cache.mts';
import { descriptionFiles, withExamples } from './descriptions.mts';
import { l10nBundle } from './l10n-bundle.mts';
import { withSettings } from './manifest.mts';
import { settingsPage } from './settings-page.mts';
import { startParametersPage } from './start-parameters-page.mts';
import { withRestrictedSettings } from './security-page.mts';

const read = (file: string): string => readFileSync(path.join(projectRoot, file), 'utf8');

/** Every generated file, and every file with a generated part, with the content that it should have. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const descriptions = withExamples(read('package.nls.json'));
  return new Map([
    ['package.json', withSettings(read('package.json'))],
    ...[...descriptionFiles].map(
      ([file, endings]) => [file, withExamples(read(file), endings)] as const,
    ),
    ['l10n/bundle.l10n.json', l10nBundle()],
    ['docs/settings.md', await settingsPage(read('docs/settings.md'), descriptions)],
    ['docs/start-parameters.md', await startParametersPage()],
    ['SECURITY.md', await withRestrictedSettings(read('SECURITY.md'))],
  ]);
}
