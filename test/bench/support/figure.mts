/** One measured line of the table. */
export interface Figure {
  readonly what: string;
  /** The median, in `unit`. */
  readonly value: number;
  /** `× theirs`: ours divided by that of `bentoml serve` in the same round. */
  readonly unit: string;
  /** The middle half of what was measured, where there is more than one measure. */
  readonly spread?: readonly [low: number, high: number];
  readonly goal?: Goal;
  /** In absolute terms, for people. */
  readonly ours?: string;
  readonly theirs?: string;
}

export interface Goal {
  readonly is: '≤' | '≥';
  readonly value: number;
  /** Whether it is enough when it lies in the middle half: both sides are to be alike. */
  readonly withinNoise?: boolean;
}

export const ratioUnit = '× theirs';

export const atMost = (value: number): Goal => ({ is: '≤', value });
export const atLeast = (value: number): Goal => ({ is: '≥', value });

type Verdict = '' | 'reached' | 'within noise' | 'NOT REACHED';

function verdict({ value, spread = [value, value], goal }: Figure): Verdict {
  if (goal === undefined) return '';
  const reaches = (one: number): boolean =>
    goal.is === '≤' ? one <= goal.value : one >= goal.value;
  if (reaches(value)) return 'reached';
  return goal.withinNoise === true && spread.some(reaches) ? 'within noise' : 'NOT REACHED';
}

/** The figures as lines of equal columns. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.what,
    `${rounded(figure.value)} ${figure.unit}`,
    figure.spread === undefined ? '' : figure.spread.map(rounded).join('–'),
    figure.goal === undefined ? '' : `${figure.goal.is} ${String(figure.goal.value)}`,
    verdict(figure),
    figure.ours ?? '',
    figure.theirs ?? '',
  ]);
  const all = [['', 'measured', 'middle half', 'goal', '', 'ours', 'bentoml serve'], ...rows];
  const widths = all[0]?.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted.length >> 1;
  return ((sorted[(sorted.length - 1) >> 1] ?? NaN) + (sorted[upper] ?? NaN)) / 2;
}

/** `part`: 0.99 for the value that 99 % do not exceed. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

/** Of measures in pairs: the median of the ratios, and both medians for people. */
export function paired(
  what: string,
  pairs: readonly (readonly [ours: number, theirs: number])[],
  show: (value: number) => string,
  goal?: Goal,
): Figure {
  const ratios = pairs.map(([ours, theirs]) => ours / theirs);
  return {
    what,
    value: median(ratios),
    ...(pairs.length > 1 ? { spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)] } : {}),
    unit: ratioUnit,
    ours: show(median(pairs.map(([ours]) => ours))),
    theirs: show(median(pairs.map(([, theirs]) => theirs))),
    ...(goal === undefined ? {} : { goal }),
  };
}

export const inMs = (ms: number): string => `${String(Math.round(ms))} ms`;
export const inMb = (mb: number): string => `${String(Math.round(mb))} MB`;

function rounded(value: number): string {
  if (Math.abs(value) >= 100) return String(Math.round(value));
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
