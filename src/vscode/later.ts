/**
 * What activation does not need: schemas, parsers, the search for interpreters, all that talks to processes. A bundle
 * of its own (`dist/later.js`), imported after activation, so that a window without a bento pays next to nothing. It
 * has copies of the small modules that both bundles use: errors are told by what they are, not by `instanceof`.
 */
export { bentomlHome, storeBentos, storeModels } from '../core/discovery/store';
export { exportSet } from '../core/export/export-set';
export { orphanTracking } from '../core/orphans/orphans';
export { runOnRecord } from '../core/orphans/run-on-record';
export { createRun } from '../core/programs/run';
export { LogFolder } from '../core/logs/log-folder';
export { planRequest } from '../core/plan/plan-request';
export { InterpreterFinder } from '../core/interpreter/interpreter-finder';
export { planOnly } from '../core/target/local/prepare/prepared-serve';
export { ServedBento } from '../core/target/local/served-bento';
export { HelperPool } from '../core/target/local/fork-server/helper-pool';
export { WatchedBento } from '../core/target/watched/watched-bento';
export { servingEnvironment } from '../core/target/local/prepare/serving-environment';
export { bentomlVariables } from '../core/settings/bentoml-variables';
export { readEnvFiles } from '../core/settings/env-files';
export { secretUses, withSecrets } from '../core/settings/secrets';
export { serversTls } from '../core/tls/server-tls';
export { settingsFor } from '../core/settings/parse-folder-settings';
export { privilegedVariables } from '../core/settings/privileged-variables';
export { askForExport, copyShellCommands } from './commands/write-export';
export { diagnosticsOf } from './problems/diagnostics-facts';
export { endOrphans } from './lifecycle/end-orphans';
export { BuildFileDiagnostics } from './editing/build-file-diagnostics';
export { ProblemFixes } from './editing/problem-fixes';
export { offerBuilt } from './store/offer-built';
export { ServiceReferences } from './editing/service-references';
export { openLog } from './logs/open-log';
export { Notices } from './problems/notices';
export { ProblemList } from './problems/problem-list';
export { deleteFromStore } from './store/delete-from-store';
export { runBentoml } from './store/run-bentoml';
export { StoreTree } from './store/store-tree';
export { installPackages } from './problems/install-packages';
export { FolderSources, readSettings, readUsersOwnSettings } from './sources/folder-sources';
