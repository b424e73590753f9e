import { describe, expect, it } from 'vitest';
import { advisoriesOf } from '../../../src/core/exposure/advisories';

const ids = (version: string): readonly string[] => advisoriesOf(version).map(({ id }) => id);

describe('the advisories of a version of BentoML', () => {
  it.each([
    ['1.4.38', 0],
    ['1.4.37', 0],
    ['1.4.36', 1],
    ['1.4.8', 2],
    ['1.4.7', 3],
    ['1.4.5', 4],
    ['1.4.2', 5],
    ['1.3.22', 5],
    ['1.3.3', 4],
    ['1.0.25', 4],
    ['1.10.0', 0],
    ['1.4.2.post1', 5],
    ['unknown', 0],
  ])('%s has %i', (version, count) => {
    expect(ids(version)).toHaveLength(count);
  });

  it('names those of old versions only where they have them', () => {
    expect(ids('1.3.4')).toContain('CVE-2025-27520');
    expect(ids('1.3.3')).not.toContain('CVE-2025-27520');
    expect(ids('1.4.3')).not.toContain('CVE-2025-27520');
  });
});
