/** Names that other programs and the manifest rely on; a test compares them with package.json. */
export const commandIds = {
  serve: 'serveBento.serve',
  serveWithProfile: 'serveBento.serveWithProfile',
  serveOn: 'serveBento.serveOn',
  watch: 'serveBento.watch',
  stop: 'serveBento.stop',
  restart: 'serveBento.restart',
  stopAll: 'serveBento.stopAll',
  debug: 'serveBento.debug',
  attachDebugger: 'serveBento.attachDebugger',
  serveComponent: 'serveBento.serveComponent',
  stopComponent: 'serveBento.stopComponent',
  restartComponent: 'serveBento.restartComponent',
  showTerminal: 'serveBento.showTerminal',
  openShell: 'serveBento.openShell',
  showWorkerLog: 'serveBento.showWorkerLog',
  showPreviousWorkerLog: 'serveBento.showPreviousWorkerLog',
  describe: 'serveBento.describe',
  scale: 'serveBento.scale',
  compare: 'serveBento.compare',
  profile: 'serveBento.profile',
  dumpStacks: 'serveBento.dumpStacks',
  openLog: 'serveBento.openLog',
  openInBrowser: 'serveBento.openInBrowser',
  copyUrl: 'serveBento.copyUrl',
  configure: 'serveBento.configure',
  copyAsShellCommands: 'serveBento.copyAsShellCommands',
  export: 'serveBento.export',
  refresh: 'serveBento.refresh',
  showLog: 'serveBento.showLog',
  copyDiagnostics: 'serveBento.copyDiagnostics',
  forgetSecrets: 'serveBento.forgetSecrets',
  createCertificate: 'serveBento.createCertificate',
  build: 'serveBento.build',
  containerize: 'serveBento.containerize',
  deleteVersion: 'serveBento.deleteVersion',
  revealVersion: 'serveBento.revealVersion',
} as const;

export type CommandName = keyof typeof commandIds;

export type CommandId = (typeof commandIds)[CommandName];

export const viewId = 'serveBento.services';

export const storeViewId = 'serveBento.store';

/** VS Code leads it with the extension's id. */
export const statusBarId = 'status';

export const contextKeys = {
  /** `loading`, `none` or `some`: what the empty view says. */
  discovery: 'serveBento.discovery',
  /** Paths of files and folders that hold a bento, for menus of the editor and the explorer. */
  files: 'serveBento.files',
  /** Of these, the paths of bentos that are not served: the editor's title offers to serve them. */
  idleFiles: 'serveBento.idleFiles',
  /** Of these, the paths of bentos that are served: the editor's title offers to stop and restart them. */
  servedFiles: 'serveBento.servedFiles',
  /** Something is served, so that it can be stopped. */
  anyServed: 'serveBento.anyServed',
  /** A bento has failed, which is shown until it is served again or everything is stopped. */
  anyFailed: 'serveBento.anyFailed',
  /** Workers can be debugged on this system. */
  canDebug: 'serveBento.canDebug',
  /** Helpers wait for the next serve, which can be ended too. */
  anyWaiting: 'serveBento.anyWaiting',
} as const;

/** Of tasks in `tasks.json`. */
export const taskType = 'serveBento';

/** Of configurations in `launch.json`. */
export const debugType = 'serveBento';

export const settingsSection = 'serveBento';
