import { problemTexts, say, type Argument } from '../../../messages/message';
import type { Problem } from '../../../model';
import { seconds } from './seconds';
import type { SupervisedComponent } from './supervised-component';

type LateComponent = Pick<SupervisedComponent, 'name' | 'remote' | 'adviceWhenLate'>;

/** A component did not become ready in time. `reason`: what its probes said last. */
export function lateStart(
  component: LateComponent,
  startTimeoutMs: number,
  reason: Argument | undefined,
): Problem {
  const { name, adviceWhenLate: advice } = component;
  const time = seconds(startTimeoutMs);
  return {
    ...{ code: 'start-timeout', subject: name, setting: settingWhenLate(component) },
    ...problemTexts(
      reason === undefined
        ? say('lateStart', { name, time, advice })
        : say('lateStartBecause', { name, time, reason, advice }),
    ),
  };
}

/** The new workers of a component did not accept connections in time. */
export function lateRenewal(component: LateComponent, startTimeoutMs: number): Problem {
  const { name, adviceWhenLate: advice } = component;
  const time = seconds(startTimeoutMs);
  return {
    ...{ code: 'start-timeout', setting: settingWhenLate(component) },
    ...problemTexts(say('lateRenewal', { name, time, advice })),
  };
}

/** The setting that `adviceWhenLate` names. */
const settingWhenLate = ({ remote }: LateComponent): string =>
  remote ? 'serveBento.runners' : 'serveBento.startTimeout';
