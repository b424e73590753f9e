import type { Problem } from '../model';
import { isAtLeast } from '../python/supported-versions';
import type { ServeSettings } from '../settings/serve-settings';
import { startParameters } from './start-parameters';

/** The first setting in force that this BentoML has no parameter for. */
export function missingParameter(
  { http }: Pick<ServeSettings, 'http'>,
  bentomlVersion: string,
): Problem | undefined {
  for (const { setting = '', since } of Object.values(startParameters.start_http_server)) {
    const [, name] = setting.split('.');
    const isSet = name !== undefined && http[name as keyof typeof http] !== undefined;
    if (since === undefined || !isSet || isAtLeast(bentomlVersion, since)) continue;
    return {
      code: 'settings',
      message: `serveBento.${setting} needs BentoML ${since} or later, and this is ${bentomlVersion}: remove the setting, or choose an environment with a later version.`,
    };
  }
  return undefined;
}
