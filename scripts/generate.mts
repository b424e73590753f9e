// npm run generate: writes every file, and every part of a file, that is generated from the declared settings.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './cache.mts';
import './source-imports.mts';

const { generatedFiles } = await import('./generate/generated-files.mts');
for (const [file, content] of await generatedFiles()) {
  writeFileSync(path.join(projectRoot, file), content);
}
