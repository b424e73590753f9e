/** The modules that serve a bento: everything that talks to processes. They are loaded with the first serve. */
export { exportSet } from '../export/export-set';
export { toContainerPlan } from '../target/containers/to-container-plan';
export { developmentSource } from '../target/containers/development-source';
export { LogFolder } from '../logs/log-folder';
export { StoredPlans } from '../plan/stored-plans';
export { planRequest } from '../plan/plan-request';
export { HelperPool } from '../target/local/fork-server/helper-pool';
export { comparison } from './engines/comparison';
export { adoptedBento, engineBento, leftoverDeployment } from './engines/engine-bentos';
export { replan, planOnly } from '../target/local/prepare/prepared-serve';
export { ServedBento } from '../target/local/served-bento';
export { WatchedBento } from '../target/watched/watched-bento';
export { serversTls } from '../tls/server-tls';
