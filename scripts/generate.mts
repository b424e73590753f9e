// npm run generate: writes every file, and every part of a file, that is generated from the declared settings.
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { projectRoot } from './cache.mts';

// The sources are written for a bundler: their imports have no file extension.
registerHooks({
  resolve(specifier, context, next) {
    const isSource = specifier.startsWith('.') && path.extname(specifier) === '';
    return isSource
      ? { ...next(`${specifier}.ts`, context), format: 'module-typescript' }
      : next(specifier, context);
  },
});

const { generatedFiles } = await import('./generate/generated-files.mts');
for (const [file, content] of await generatedFiles()) {
  writeFileSync(path.join(projectRoot, file), content);
}
