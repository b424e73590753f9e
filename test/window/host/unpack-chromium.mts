// Runs as a process of its own, because the package unpacks into the folder that TMPDIR names.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

interface ChromiumPackage {
  readonly default: { executablePath(): Promise<string> };
}

const [packages = '', libraries = ''] = process.argv.slice(2);
const entry = createRequire(path.join(packages, 'package.json')).resolve('@sparticuz/chromium');
const chromium = (await import(pathToFileURL(entry).href)) as ChromiumPackage;
await chromium.default.executablePath();
const archive = path.join(packages, 'node_modules/@sparticuz/chromium/bin/al2023.tar.br');
await writeFile(libraries, brotliDecompressSync(await readFile(archive)));
