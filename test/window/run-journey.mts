import { inspect } from 'node:util';
import { defaultTimeoutSeconds, windowOptions, type CaseContext } from './case-options.mts';
import { openWindow } from './host/open-window.mts';
import type { Host } from './host/setup.mts';
import type { JourneyModule } from './journey.mts';
import type { Results } from './results.mts';
import { withTimeLimit } from './time-limit.mts';

/** Opens a window and goes through a journey in it. */
export async function runJourney(
  host: Host,
  name: string,
  journey: JourneyModule,
  context: CaseContext,
  out: string,
  results: Pick<Results, 'passed' | 'failedWith'>,
): Promise<void> {
  const options = journey.options ?? {};
  const window = await openWindow(host, out, await windowOptions(options, context));
  const start = Date.now();
  try {
    await window.ready();
    const seconds = options.timeoutSeconds ?? defaultTimeoutSeconds;
    await withTimeLimit(seconds, journey.default(window.page, window, context));
    results.passed(name, Date.now() - start);
  } catch (error) {
    await window.screenshot('failed').catch(() => undefined);
    results.failedWith(name, `${inspect(error)}\nsee ${out}`);
  } finally {
    await window.close();
  }
}
