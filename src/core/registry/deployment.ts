/** The modules that run a bento on an engine, and those that export it. They are loaded when one of them is first used. */
// Engines need it as well. The bundler makes fewer chunks of what both use if one imports the other.
import './serving';

export { exportSet } from '../export/export-set';
export { toContainerPlan } from '../target/containers/to-container-plan';
export { developmentSource } from '../target/containers/development-source';
export { comparison } from './engines/comparison';
export { adoptedBento, engineBento, leftoverDeployment } from './engines/engine-bentos';
