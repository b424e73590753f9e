/** Where the sources of a package are. */
export interface Repository {
  readonly url: string;
  /** The tag or the commit that is packaged. */
  readonly ref: string;
}

/** The repository that this workflow runs in; nothing elsewhere: no address is invented. */
export function repositoryOf(env: NodeJS.ProcessEnv): Repository | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name, GITHUB_SHA: commit } = env;
  if (server === undefined || name === undefined) return undefined;
  if (!/^https:\/\/[\w.:-]+$/.test(server) || !/^[\w.-]+\/[\w.-]+$/.test(name)) {
    throw new Error(`${server}/${name} is not the address of a repository.`);
  }
  const ref = env['GITHUB_REF_TYPE'] === 'tag' ? env['GITHUB_REF_NAME'] : commit;
  if (ref === undefined)
    throw new Error('GITHUB_REPOSITORY is set, but no commit: set GITHUB_SHA.');
  return { url: `${server}/${name}`, ref };
}
