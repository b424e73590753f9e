/** The modules that serve a bento on this machine: everything that talks to processes. They are loaded with the first serve. */
export { LogFolder } from '../logs/log-folder';
export { StoredPlans } from '../plan/stored-plans';
export { planRequest } from '../plan/plan-request';
export { HelperPool } from '../target/local/fork-server/helper-pool';
export { replan, planOnly } from '../target/local/prepare/prepared-serve';
export { ServedBento } from '../target/local/served-bento';
export { WatchedBento } from '../target/watched/watched-bento';
export { serversTls } from '../tls/server-tls';
