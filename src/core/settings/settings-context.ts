/** The values of the variables in a folder's settings. */
export interface SettingsContext {
  /** An absolute path. */
  readonly workspaceFolder: string;
  readonly userHome: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}
