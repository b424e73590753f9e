/** What reads files in YAML. It is loaded with the first of them: a window without any does not need the memory of the parser. */
export { parseBuildFile } from './build-file/build-file';
export { parseBento, parseModel } from './store-descriptions';
