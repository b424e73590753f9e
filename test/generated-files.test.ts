import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../scripts/generate/generated-files.mts';

const root = path.resolve(import.meta.dirname, '..');
const files = await generatedFiles();

describe('the declared settings', () => {
  it.each([...files])('are those in %s (otherwise: npm run generate)', (file, content) => {
    expect(readFileSync(path.join(root, file), 'utf8')).toBe(content);
  });
});
