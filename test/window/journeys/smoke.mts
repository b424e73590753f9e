import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';

export const options: CaseOptions = { folder: 'samples/search' };

const journey: Journey = async (_page, window) => {
  await window.activityBar.icon('Serve Bento').waitFor({ timeout: 30_000 });
  await window.activityBar.open('Serve Bento');
  await window.screenshot('activity-bar');
};

export default journey;
