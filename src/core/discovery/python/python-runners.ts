import { textOf, type Arguments, type Result } from './python-results';

/** What BentoML calls the runner of `Runner(runnable, …)`, where the source says it. */
export function runnerName(runnable: Result | undefined, args: Arguments): string | undefined {
  const given = args.named.get('name');
  if (given !== undefined && given.kind !== 'none') return textOf(given);
  return runnable?.kind === 'class' && !args.isOpen ? runnable.definition.name : undefined;
}

/** The runner of `model.to_runner(…)`: it has the name of the model, unless it is given another. */
export function toRunner(model: string | undefined, args: Arguments): Result {
  const given = args.named.get('name') ?? args.positional[0];
  const isGiven = given !== undefined && given.kind !== 'none';
  const text = given?.kind === 'string' ? given.text : undefined;
  const name = isGiven && text !== '' ? text : args.isOpen ? undefined : model;
  return { kind: 'runner', name: name?.toLowerCase() };
}

/** All names of a `runners=` argument, or nothing when one of them is not sure. */
export function runnerNames(runners: Result | undefined): readonly string[] | undefined {
  if (runners === undefined || runners.kind === 'none') return [];
  if (runners.kind !== 'list') return undefined;
  const names = new Set<string>();
  for (const item of runners.items) {
    if (item.kind !== 'runner' || item.name === undefined) return undefined;
    names.add(item.name);
  }
  return [...names];
}
