/** The public name of what BentoML also has in a module of its own: `bentoml.service` of `_bentoml_sdk.service`. */
export const publicPath = (path: string): string => path.replace(/^_bentoml_sdk\./, 'bentoml.');
