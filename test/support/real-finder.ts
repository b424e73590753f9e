import path from 'node:path';
import { createRun } from '../../src/core/programs/run';
import { InterpreterFinder } from '../../src/core/interpreter/interpreter-finder';
import { silentLog } from '../core/interpreter/fake-interpreters';

/** Runs the probe of the extension with the interpreters that it finds. */
export const realFinder = (): InterpreterFinder =>
  new InterpreterFinder({
    run: createRun(() => undefined),
    script: path.resolve('src/python/probe.py'),
    cwd: path.resolve('.'),
    env: process.env,
    platform: process.platform,
    selected: () => Promise.resolve(undefined),
    log: silentLog,
  });
