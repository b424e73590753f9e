/** Circles that are still there. Do not add any: take one out when it is gone. */
const knownCircles = [
  '^src/core/discovery/python-(?:imports|module|scope|values)\\.ts$',
  '^src/vscode/(?:later|window-sources)\\.ts$',
  '^src/vscode/store/(?:delete-from-store|store-contents|store-tree)\\.ts$',
  '^src/vscode/tree/bento-(?:row|tooltip)\\.ts$',
  '^src/vscode/(?:failures/notice-rules|problem-messages)\\.ts$',
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Files that import each other cannot be understood or tested one by one.',
      severity: 'error',
      from: { path: '^src/', pathNot: knownCircles },
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
      comment: 'What serves is built from the other folders of the core, and none of them from it.',
      severity: 'error',
      from: {
        path: '^src/core/[^/]+/',
        // Known: it asks what a serve would ask.
        pathNot: '^src/core/(?:serve/|store/bentoml-command\\.ts$)',
      },
      to: { path: '^src/core/serve/' },
    },
    {
      name: 'processes-below-supervision',
      severity: 'error',
      from: { path: '^src/core/(?:launch|ports|health)/' },
      to: { path: '^src/core/(?:supervise|plan|discovery|settings)/' },
    },
    {
      name: 'tls-without-probes',
      severity: 'error',
      from: { path: '^src/core/tls/' },
      to: { path: '^src/core/(?:health|launch|supervise)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
