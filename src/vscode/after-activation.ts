/** The modules that every window needs for the first discovery, but not for activation. They are loaded right after it. */
export { storeBentos, storeModels } from '../core/discovery/store';
export { registerEditing } from './editing/register-editing';
export { endOrphans } from './lifecycle/end-orphans';
export { ServeInputs } from './sources/serve-inputs';
export { WindowFolders } from './sources/window-folders';
