/** Where the variables of a folder's settings get their values. */
export interface SettingsContext {
  /** An absolute path. */
  readonly workspaceFolder: string;
  readonly userHome: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}
