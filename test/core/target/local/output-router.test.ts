import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/core/events';
import type { HelperOutput } from '../../../../src/core/target/local/helper/helper-messages';
import type { ComponentLog } from '../../../../src/core/logs/component-log';
import { routeOutput } from '../../../../src/core/target/local/output-router';

describe('the output of processes', () => {
  it('goes to the log of their component, and waits for a log that is behind', () => {
    const output = new Emitter<HelperOutput>();
    const holds: Promise<void>[] = [];
    const written: string[] = [];
    const drained = Promise.resolve();
    const logOf = (component: string): ComponentLog | undefined =>
      component === 'runner:a#b' || component === 'http'
        ? ({
            write: (text: string, process: string, stream: string) => {
              written.push(`${component} ${process} ${stream} ${text}`);
              return component === 'http' ? drained : undefined;
            },
          } as unknown as ComponentLog)
        : undefined;
    const helper = { onOutput: output.event, hold: (until: Promise<void>) => holds.push(until) };
    const route = routeOutput(helper, logOf);
    const say = (process: string): void =>
      output.fire({ process, stream: 'stderr', text: 'hello' });
    say('http#1');
    say('runner:a#b#2');
    say('fork-server');
    say('gone#1');
    expect(written).toEqual(['http http#1 stderr hello', 'runner:a#b runner:a#b#2 stderr hello']);
    expect(holds).toEqual([drained]);
    route.dispose();
    say('http#1');
    expect(written).toHaveLength(2);
  });
});
