/** What a published security problem of BentoML allows. */
export const advisoryTexts = {
  advisoryHttpCode: 'whoever reaches the HTTP server can run code',
  advisoryHang: 'a request can make the server hang',
  advisoryRunnerCode: 'whoever reaches a runner can run code',
  advisoryImport: 'importing a bento can write files elsewhere',
  advisoryBuildFile: 'a bentofile.yaml can run code when its image is built',
} as const;
