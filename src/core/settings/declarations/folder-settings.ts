import { bentoSettings } from './bento-settings';
import { bentos, profiles, watch } from './bentos';

const { pythonPath, ...others } = bentoSettings;

/** Every setting, in the order in which it is listed. */
export const folderSettings = { pythonPath, bentos, profiles, watch, ...others };
