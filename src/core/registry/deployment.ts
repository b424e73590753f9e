/** The modules that run a bento on an engine, or export what runs it elsewhere. They are loaded with the first of either. */
// An engine needs it anyway. Without this import, what only one of them uses would be in many small chunks.
import './serving';

export { exportSet } from '../export/export-set';
export { toContainerPlan } from '../target/containers/to-container-plan';
export { developmentSource } from '../target/containers/development-source';
export { comparison } from './engines/comparison';
export { adoptedBento, engineBento, leftoverDeployment } from './engines/engine-bentos';
