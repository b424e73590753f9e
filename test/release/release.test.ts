import { describe, expect, it } from 'vitest';
import { changelogSection } from '../../scripts/release/changelog-section.mts';
import { releaseProblem } from '../../scripts/release/release-problem.mts';
import { shippedComponents } from '../../scripts/release/shipped-components.mts';
import { read } from '../support/pages';

const { version } = JSON.parse(read('package.json')) as { readonly version: string };
const changelog =
  '# Changelog\n\n## [Unreleased]\n\n- new\n\n## [1.2.3] - 2026-01-02\n\n### Fixed\n\n- old\n';

describe('a release', () => {
  it('of the version in package.json has a section in the changelog', () => {
    expect(releaseProblem(`v${version}`, version, read('CHANGELOG.md'))).toBeUndefined();
  });

  it.each(['1.2.3', 'v1.2.4', 'v1.2', 'v1.2.3-beta', ''])('is refused for the tag %j', (tag) => {
    expect(releaseProblem(tag, '1.2.3', changelog)).toContain('The tag is');
  });

  it('is refused without a dated section', () => {
    expect(releaseProblem('v1.2.3', '1.2.3', changelog)).toBeUndefined();
    for (const text of [
      '',
      changelog.replace(' - 2026-01-02', ''),
      changelog.replace('[1.2.3]', '[1.2.2]'),
    ]) {
      expect(releaseProblem('v1.2.3', '1.2.3', text)).toContain('has no section');
    }
  });

  it('is described by its section alone', () => {
    expect(changelogSection(changelog, '1.2.3')).toBe('### Fixed\n\n- old');
    expect(changelogSection(changelog, 'Unreleased')).toBeUndefined();
  });
});

describe('the bill of materials', () => {
  const component = (name: string) => ({
    'bom-ref': `${name}@1.0.0`,
    name,
    version: '1.0.0',
    scope: 'optional',
  });
  const all = JSON.stringify({
    bomFormat: 'CycloneDX',
    metadata: { component: { 'bom-ref': 'it@1.0.0' } },
    components: ['a', 'b', 'builder'].map(component),
    dependencies: [
      { ref: 'it@1.0.0', dependsOn: ['a@1.0.0', 'builder@1.0.0'] },
      { ref: 'a@1.0.0', dependsOn: ['b@1.0.0', 'builder@1.0.0'] },
      { ref: 'builder@1.0.0' },
    ],
  });
  const shipped = ['a', 'b'].map((name) => ({ name, version: '1.0.0' }));

  it('has what is shipped, and nothing else', () => {
    expect(JSON.parse(shippedComponents(all, shipped))).toMatchObject({
      components: [
        { name: 'a', scope: 'required' },
        { name: 'b', scope: 'required' },
      ],
      dependencies: [
        { ref: 'it@1.0.0', dependsOn: ['a@1.0.0'] },
        { ref: 'a@1.0.0', dependsOn: ['b@1.0.0'] },
      ],
    });
  });

  it('is not made where something is missing', () => {
    const other = [...shipped, { name: 'a', version: '2.0.0' }];
    expect(() => shippedComponents(all, other)).toThrow('npm does not list a');
  });
});
