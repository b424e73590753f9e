import { problemTexts, say } from '../../core/messages/message';
import { cancelled, ServeError } from '../../core/problem';
import type { Run } from '../../core/programs/run';
import type { LaunchContext } from '../../core/registry/launch-context';
import type { BentomlAction } from '../../core/store/bentoml-command';
import { newlyBuilt, type BuiltStore } from './offer-built';
import { runBentoml, type BentomlContext } from './run-bentoml';

/** The number of last characters that are searched for the tag. Only advice follows it. */
const keptOutput = 20_000;

type WaitContext = Omit<BentomlContext, 'building' | 'signal'>;

/** Builds a bento in a task, and returns its tag. @throws ServeError `build-failed` or `cancelled` */
export async function buildAndWait(
  found: LaunchContext,
  sources: BuiltStore,
  context: WaitContext,
  signal: AbortSignal,
): Promise<string> {
  const built = newlyBuilt(sources);
  let output = '';
  const run: Run = (file, args, options) =>
    context.run(file, args, {
      ...options,
      onOutput: (text, stream) => {
        output = (output + text).slice(-keptOutput);
        options.onOutput?.(text, stream);
      },
    });
  await runToEnd('build', found, { ...context, run }, signal);
  const bento = await built(output);
  if (bento !== undefined) return bento.reference;
  throw new ServeError({
    code: 'build-failed',
    setting: 'serveBento.bentomlHome',
    ...problemTexts(say('builtNothing')),
  });
}

/** Creates the image of a built bento in a task. @throws ServeError `build-failed` or `cancelled` */
export async function containerizeAndWait(
  found: LaunchContext,
  tag: string,
  context: WaitContext,
  signal: AbortSignal,
): Promise<void> {
  const bento = { ...found.bento, reference: tag };
  await runToEnd('containerize', { ...found, bento }, context, signal);
}

async function runToEnd(
  action: BentomlAction,
  found: LaunchContext,
  context: WaitContext,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw cancelled();
  const started = await runBentoml(action, found, {
    ...{ ...context, signal },
    building: () => () => undefined,
  });
  const exitCode = await started?.exitCode;
  if (started === undefined || exitCode === null) throw cancelled();
  if (exitCode === 0) return;
  const facts = { action: `bentoml ${action}` };
  throw new ServeError({
    code: 'build-failed',
    ...problemTexts(say('buildFailed', facts), say('buildFailedSummary', facts)),
  });
}
