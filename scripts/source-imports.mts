import { registerHooks } from 'node:module';
import path from 'node:path';

// The sources are written for a bundler: their imports have no file extension.
registerHooks({
  resolve(specifier, context, next) {
    const isSource =
      specifier.startsWith('.') &&
      path.extname(specifier) === '' &&
      context.parentURL?.includes('/node_modules/') !== true;
    return isSource
      ? { ...next(`${specifier}.ts`, context), format: 'module-typescript' }
      : next(specifier, context);
  },
});
