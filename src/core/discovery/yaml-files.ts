/** The readers of YAML files. They are loaded with the first of these files: without any, a window does not need the memory of the parser. */
export { parseBuildFile } from './build-file/build-file';
export { parseBento, parseModel } from './store-descriptions';
