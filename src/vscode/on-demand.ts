/** The modules behind commands and views that many windows never use. They are loaded at their first use. */
export { askForExport, copyShellCommands } from './commands/write-export';
export { createDebugging } from './debug/create-debugging';
export { compare } from './engine/compare';
export { describe } from './engine/describe';
export { scale } from './engine/scale';
export { openLog } from './logs/open-log';
export { diagnosticsOf } from './problems/diagnostics-facts';
export { dumpStacks } from './profile/dump-stacks';
export { profile } from './profile/profile';
export { installPackages } from './problems/install-packages';
export { deleteFromStore } from './store/delete-from-store';
export { askForPush } from './commands/ask-for-push';
export { buildAndWait, containerizeAndWait } from './store/build-and-wait';
export { offerBuilt } from './store/offer-built';
export { runBentoml } from './store/run-bentoml';
export { WorkerTerminals } from './terminals/worker-terminals';
export { StoreTree } from './store/store-tree';
