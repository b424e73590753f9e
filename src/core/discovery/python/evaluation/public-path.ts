/** Converts the path in an internal module to BentoML's public one: `_bentoml_sdk.service` to `bentoml.service`. */
export const publicPath = (path: string): string => path.replace(/^_bentoml_sdk\./, 'bentoml.');
