import { transform, type OutputFile, type Plugin } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes the chunks of a build as CommonJS. esbuild splits code into ES modules only. VS Code loads those, but needs
 * more time at activation than for CommonJS: it reads each file on its own turn and copies `vscode` name by name.
 */
export const commonJsChunks: Plugin = {
  name: 'CommonJS chunks',
  setup: (esbuild) => {
    const { initialOptions } = esbuild;
    initialOptions.write = false;
    const { minify = false, sourcemap, target } = initialOptions;

    // Required, it is VS Code's own object. Imported, it would be copied for every file.
    esbuild.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')).replace(
        "import * as vscode from 'vscode';",
        "const vscode = require('vscode');",
      ),
      loader: 'ts',
      watchFiles: [file],
    }));

    const convert = async ({ path: file, text }: OutputFile): Promise<void> => {
      const { code } = await transform(text, {
        format: 'cjs',
        platform: 'node',
        minify,
        ...(target === undefined ? {} : { target }),
        // `import()` loads with `require`, too.
        supported: { 'dynamic-import': false },
        sourcemap: sourcemap === undefined || sourcemap === false ? false : 'inline',
        sourcesContent: false,
        sourcefile: file,
      });
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, code);
    };
    esbuild.onEnd(async ({ outputFiles = [] }) => {
      await Promise.all(outputFiles.map(convert));
    });
  },
};
