/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Files that import each other cannot be understood or tested one by one.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'core-without-the-editor',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/(?:vscode/|extension\\.ts$|api\\.ts$)' },
    },
    {
      name: 'registry-on-top',
      comment:
        'vscode → registry → target → (plan, interpreter, settings, discovery) → shared tools.',
      severity: 'error',
      from: {
        path: '^src/core/[^/]+/',
        // Known: it asks what a serve would ask.
        pathNot: '^src/core/(?:registry/|store/bentoml-command\\.ts$)',
      },
      to: { path: '^src/core/registry/' },
    },
    {
      name: 'targets-below-the-registry',
      severity: 'error',
      from: { path: '^src/core/[^/]+/', pathNot: '^src/core/(?:registry|target|debug|profile)/' },
      to: { path: '^src/core/target/' },
    },
    {
      // They act on processes, and targets use them.
      name: 'debuggers-of-processes',
      severity: 'error',
      from: { path: '^src/core/(?:debug|profile)/' },
      to: { path: '^src/core/(?:target/(?!local/helper/)|registry/)' },
    },
    {
      name: 'processes-below-supervision',
      severity: 'error',
      from: { path: '^src/core/(?:programs|health|target/local/(?:helper|ports|workers))/' },
      to: { path: '^src/core/(?:plan|discovery|settings|target/local/supervise)/' },
    },
    {
      name: 'tls-without-probes',
      severity: 'error',
      from: { path: '^src/core/tls/' },
      to: { path: '^src/core/(?:health|programs|target)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
