/**
 * What activation does not need: schemas, parsers, the search for interpreters, all that talks to processes. A bundle
 * of its own (`dist/later.js`), imported after activation, so that a window without a bento pays next to nothing. It
 * has copies of the small modules that both bundles use: errors are told by what they are, not by `instanceof`.
 */
export { bentomlHome, storeBentos, storeModels } from '../core/discovery/store';
export { exportSet } from '../core/export/export-set';
export { leftBehind } from '../core/launch/left-behind/left-behind';
export { runOnRecord } from '../core/launch/left-behind/run-on-record';
export { createRun } from '../core/launch/run';
export { LogFolder } from '../core/logs/log-folder';
export { planRequest } from '../core/plan/plan-request';
export { InterpreterFinder } from '../core/python/interpreter-finder';
export { planOnly } from '../core/serve/prepared-serve';
export { ServedBento } from '../core/serve/served-bento';
export { HelperPool } from '../core/serve/helper-pool';
export { WatchedBento } from '../core/serve/watched-bento';
export { servingEnvironment } from '../core/serve/serving-environment';
export { bentomlVariables } from '../core/settings/bentoml-variables';
export { readEnvFiles } from '../core/settings/env-files';
export { secretUses, withSecrets } from '../core/settings/secrets';
export { serversTls } from '../core/tls/server-tls';
export { settingsFor } from '../core/settings/parse-folder-settings';
export { privilegedVariables } from '../core/settings/privileged-variables';
export { askForExport, copyShellCommands } from './export-commands';
export { diagnosticsOf } from './diagnostics-facts';
export { endLeftBehind } from './end-left-behind';
export { BuildFileDiagnostics } from './editing/build-file-diagnostics';
export { ProblemFixes } from './editing/problem-fixes';
export { offerBuilt } from './store/offer-built';
export { ServiceReferences } from './editing/service-references';
export { openLog } from './open-log';
export { Notices } from './failures/notices';
export { ProblemList } from './failures/problem-list';
export { deleteFromStore } from './store/delete-from-store';
export { runBentoml } from './store/run-bentoml';
export { StoreTree } from './store/store-tree';
export { installPackages } from './install-packages';
export { FolderSources, readSettings, readUsersOwnSettings } from './folder-sources';
