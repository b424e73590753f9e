import type { Metafile } from 'esbuild';

export type Outputs = Metafile['outputs'];

const entry = 'dist/extension.js';

/** The files that VS Code loads when it activates the extension: the entry point and all that it imports statically. */
export function activationFiles(outputs: Outputs): readonly string[] {
  const found = new Set([entry]);
  for (const file of found) {
    const imports = outputs[file]?.imports ?? [];
    for (const { kind, path } of imports) {
      if (kind === 'import-statement' && path in outputs) found.add(path);
    }
  }
  return [...found];
}

export const activationBytes = (outputs: Outputs): number =>
  activationFiles(outputs).reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);

/** The reasons not to ship a bundle; none when all is well. */
export function bundleProblems(
  outputs: Outputs,
  limits: { readonly bytes: number; readonly files: number },
): readonly string[] {
  if (outputs[entry] === undefined) return [`${entry} was not built.`];
  const files = activationFiles(outputs);
  const bytes = activationBytes(outputs);
  return [
    ...(bytes > limits.bytes
      ? [`Activation loads ${Math.round(bytes / 1000)} kB, more than ${limits.bytes / 1000} kB.`]
      : []),
    ...(files.length > limits.files
      ? [
          `Activation loads ${files.length} files, more than ${limits.files}: use fewer different import() calls.`,
        ]
      : []),
    ...files.flatMap((file) => packagesIn(outputs, file)),
    ...sharedTwice(outputs),
    ...copiesOfVscode(outputs),
  ];
}

/** Packages are for what is served. A window without a bento must not pay for them. */
const packagesIn = (outputs: Outputs, file: string): readonly string[] =>
  Object.entries(outputs[file]?.inputs ?? {})
    .filter(([input, { bytesInOutput }]) => input.includes('node_modules/') && bytesInOutput > 0)
    .map(([input]) => `${file} holds ${input} at activation: load it with import().`);

/** `instanceof` needs one class in the whole extension. */
function sharedTwice(outputs: Outputs): readonly string[] {
  const owners = new Map<string, string>();
  const problems: string[] = [];
  for (const [file, { inputs }] of Object.entries(outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput === 0 || !input.startsWith('src/')) continue;
      const owner = owners.get(input);
      if (owner !== undefined) problems.push(`${input} is in ${owner} and in ${file}.`);
      owners.set(input, file);
    }
  }
  return problems;
}

/** See build/commonjs-chunks.mts, which knows one way to import it. */
const copiesOfVscode = (outputs: Outputs): readonly string[] =>
  Object.entries(outputs)
    .filter(([, { imports }]) =>
      imports.some(({ path, kind }) => path === 'vscode' && kind === 'import-statement'),
    )
    .map(([file]) => `${file} copies vscode: write import * as vscode from 'vscode'.`);
