import type { CauseContext } from '../../../diagnosis/explanation';
import type { Clock } from '../../../clock';
import type { Disposable } from '../../../events';
import type { DiscoveredBento } from '../../../discovery/discovered-bento';
import type { ExitStatus } from '../../../programs/exit-status';
import type { ProcessHost } from '../helper/process-host';
import type { Log } from '../../../log';
import { OutputHistory } from '../../../logs/output-history';
import type { Retry } from '../../../plan/import-failure';
import type { Plan } from '../../../plan/plan';
import { planCommand } from '../../../plan/plan-command';
import { readPlan } from '../../../plan/read-plan';
import { cancelled, ServeError } from '../../../problem';
import { untilAborted } from '../../../until-aborted';
import type { Interpreter } from '../../../interpreter/interpreter';
import type { ServeSettings } from '../../../settings/serve-settings';
import { problemTexts, say } from '../../../messages/message';

export interface PlannerRequest {
  readonly helper: ProcessHost;
  readonly bento: DiscoveredBento;
  readonly settings: ServeSettings;
  readonly interpreter: Interpreter;
  readonly env: Readonly<Record<string, string>>;
  readonly scripts: string;
  readonly causes: CauseContext;
  readonly log: Log;
  readonly clock: Clock;
  readonly cancel: AbortSignal;
  /** See `PlanRequest.deployment`. */
  readonly deployment: boolean;
  /** How people try again when it fails. */
  readonly retry: Retry;
  /** Whether the fork server forks it. */
  readonly fork: Promise<boolean>;
  /** Its name within the helper, which may run another one at the same time. */
  readonly group: string;
}

/** In bytes: an import that floods must not fill the memory. The answer is the last line. */
const longestAnswer = 64_000_000;
const longestErrors = 1_000_000;

/** Has BentoML itself say what it would run, in a process of its own: it imports the user's code. */
export async function makePlan(request: PlannerRequest): Promise<Plan> {
  const { helper, bento, settings, interpreter, env, scripts, log, clock, cancel } = request;
  const { causes, retry, deployment, group } = request;
  // It has a limit of its own, and may take long: modules of serveBento.preload are no part of the import.
  // Once it is cancelled, the helper may serve another bento.
  const fork = await untilAborted(cancel, request.fork);
  const said = {
    stdout: new OutputHistory(longestAnswer),
    stderr: new OutputHistory(longestErrors),
  };
  const listening = helper.onOutput(({ process, stream, text }) => {
    if (process !== group) return;
    said[stream].append(text);
    if (stream === 'stderr') log.debug(`plan: ${text.trimEnd()}`);
  });
  const end = (): void => void helper.kill(group).catch(() => undefined);
  const late = new AbortController();
  const limited = (): Disposable =>
    clock.after(settings.startTimeout * 1000, () => {
      late.abort();
      end();
    });
  let limit = limited();
  cancel.addEventListener('abort', end);
  const from = clock.now();
  let status: ExitStatus = { code: null, signal: 'SIGKILL' };
  try {
    const { exited, notForked } = await helper.spawn({
      process: group,
      group,
      ...planCommand({ bento, settings, python: interpreter.path, scripts, env, deployment }),
      fds: [],
      deathSignal: 'SIGKILL',
      fork,
    });
    // The fork server may have imported modules of BentoML until now.
    limit.dispose();
    limit = limited();
    if (notForked !== undefined) log.info(`The planner was started, not forked: ${notForked}`);
    status = await exited;
  } catch (error) {
    // The helper refuses to spawn it if it is ended before it has been forked.
    if (!cancel.aborted && !late.signal.aborted) throw error;
  } finally {
    limit.dispose();
    cancel.removeEventListener('abort', end);
    listening.dispose();
    // An import may have started processes of its own.
    end();
  }
  if (cancel.aborted) throw cancelled();
  if (late.signal.aborted) {
    throw new ServeError({
      code: 'start-timeout',
      setting: 'serveBento.startTimeout',
      ...problemTexts(say('importTooLong', { bento: bento.name, seconds: settings.startTimeout })),
      detail: said.stderr.text().slice(-20_000),
    });
  }
  const output = { stdout: said.stdout.text(), stderr: said.stderr.text(), status };
  const plan = readPlan(output, causes, retry);
  log.info(
    `${bento.name}: planned ${plan.components.map(({ id }) => id).join(', ')} in ${Math.round(clock.now() - from)} ms`,
  );
  return plan;
}
