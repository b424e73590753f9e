import fc from 'fast-check';
import { dirname, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FoundService } from '../../../src/core/discovery/python/python-services';
import {
  importedFiles,
  moduleFiles,
  placeOf,
  resolveReference,
  rootsFrom,
} from '../../../src/core/discovery/reference';
import { isWithin } from '../../../src/core/discovery/files/relative-path';
import { expectProportional, pumped } from '../../support/growth';
import { long } from '../../support/long';
import { textOf } from '../../support/hostile';
import { check, checkAsync } from '../../support/properties';

const pieces = ['a', 'service', '.', '..', '/', '\\', ':', '.py', '-', '\0', ' ', '~', '\n', 'C:'];
const text = textOf(pieces, 12);
const workingDir = ['', 'projects', 'fraud'].join(sep);
const service: FoundService = {
  attribute: 'svc',
  name: 'svc',
  generation: 'legacy',
  line: 0,
  depends: [],
};

describe('references', () => {
  it('never lead out of the directory they are resolved in', async () => {
    const property = fc.asyncProperty(text, async (reference) => {
      const asked: string[] = [];
      const target = await resolveReference(reference, workingDir, {
        servicesOf: (file) => {
          asked.push(file);
          return Promise.resolve(asked.length % 2 === 0 ? [service] : undefined);
        },
        serviceAt: (file) => Promise.resolve({ service, file }),
        faultAt: () => Promise.resolve(undefined),
        entryOf: (file) => Promise.resolve({ service, file }),
      });
      for (const file of asked) {
        expect(isWithin(workingDir, file)).toBe(true);
        expect(file).not.toContain('\0');
      }
      if (target !== undefined) expect(asked).toContain(target.file);
    });
    await checkAsync(property, 1000);
  });

  it.each(['\0.py', 'a\0b', '\0'])('with what no path has name no file: %j', (module) => {
    expect(moduleFiles(module, workingDir)).toEqual([]);
  });

  it('to modules name at most four files', () => {
    const property = fc.property(text, text, (module, other) => {
      expect(moduleFiles(module, workingDir).length).toBeLessThanOrEqual(4);
      const file = `${workingDir}${sep}${other}`;
      const files = importedFiles(module, file, workingDir, () => false);
      // Four in each directory from the file's own to the folder.
      const roots = rootsFrom(dirname(file), workingDir);
      expect(files.length).toBeLessThanOrEqual(4 * roots.length);
    });
    check(property, 1000);
  });

  it('of a file lead back to it', () => {
    // A module `py` of the package `a` is `a.py`, which BentoML takes for a file.
    const name = fc
      .stringMatching(/^[a-z_]\w{0,8}$/)
      .filter((word) => word !== '__init__' && word !== 'py');
    const property = fc.property(
      fc.array(name, { maxLength: 5 }),
      name,
      fc.nat(5),
      (folders, stem, packages) => {
        const directory = [workingDir, ...folders].join(sep);
        const file = `${directory}${sep}${stem}.py`;
        const place = placeOf(file, 'svc', workingDir, (candidate) => {
          const depth = candidate.split(sep).length - workingDir.split(sep).length;
          return depth > folders.length - packages;
        });
        const [module = ''] = place.reference.split(':');
        expect(moduleFiles(module, place.workingDir)).toContain(file);
        expect(isWithin(workingDir, place.workingDir)).toBe(true);
      },
    );
    check(property, 500);
  });

  it('take time in proportion to their length', long, async () => {
    const property = fc.asyncProperty(pumped(pieces), async (input) => {
      await expectProportional((module) => {
        moduleFiles(module, workingDir);
        importedFiles(module, `${workingDir}/a.py`, workingDir, () => false);
      }, input);
    });
    await checkAsync(property, 100);
  });
});
