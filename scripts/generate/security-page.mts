import { restrictedSettings } from '../../src/core/settings/schema';
import { formatted, withPart } from './markdown.mts';

const markers = ['<!-- restricted settings -->', '<!-- /restricted settings -->'] as const;

/** Puts the names of the settings that an untrusted workspace cannot set into SECURITY.md. */
export async function withRestrictedSettings(page: string): Promise<string> {
  const groups = new Set(restrictedSettings.map((key) => key.replace(/\.tls\..*/, '.tls.*')));
  const names = [...groups].map((group) => `\`${group}\``).join(', ');
  return formatted('SECURITY.md', withPart(page, markers, names));
}
