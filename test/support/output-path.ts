/** The way of output from the helper to the log file and the terminal, for a bench to bundle. */
export { systemClock } from '../../src/core/clock';
export { Helper } from '../../src/core/target/local/helper/helper';
export { ComponentLog } from '../../src/core/logs/component-log';
export { PacedWriter } from '../../src/vscode/terminals/paced-writer';
export { temporaryRuns } from './temporary-runs';
