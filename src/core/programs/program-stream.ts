import { Duplex, PassThrough, pipeline } from 'node:stream';
import type { RunOptions } from './run';

/**
 * Returns the standard input and output of a program as one stream. The program ends together with the stream.
 * @param run runs the program; the stream is closed when that settles
 */
export function programStream(
  run: (options: Required<Pick<RunOptions, 'signal' | 'onStarted'>>) => Promise<unknown>,
): Duplex {
  const toProgram = new PassThrough();
  const fromProgram = new PassThrough();
  const stream = Duplex.from({ writable: toProgram, readable: fromProgram });
  const end = new AbortController();
  stream.once('close', () => end.abort());
  const onStarted: RunOptions['onStarted'] = (stdin, stdout) => {
    // Errors end the program, and with it the stream.
    pipeline(toProgram, stdin, () => undefined);
    pipeline(stdout, fromProgram, () => undefined);
  };
  const close = (): void => void stream.destroy();
  run({ signal: end.signal, onStarted }).then(close, close);
  return stream;
}
