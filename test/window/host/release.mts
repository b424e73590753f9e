/** A VS Code that runs without a desktop: code-server's build of it, from npm. */
export interface Release {
  readonly codeServer: string;
  readonly vscode: string;
  readonly nodeMajor: number;
}

/** `oldest` is the lowest version on npm that is not below the manifest's `engines.vscode`. */
export const releases = {
  current: { codeServer: '4.139.1', vscode: '1.139.1', nodeMajor: 24 },
  oldest: { codeServer: '4.103.2', vscode: '1.103.2', nodeMajor: 22 },
} as const satisfies Record<string, Release>;

export type ReleaseName = keyof typeof releases;
