/** One measured line of the table. */
export interface Figure {
  readonly what: string;
  /** The median, in `unit`. */
  readonly value: number;
  /** `× theirs`: ours divided by that of `bentoml serve` in the same round. */
  readonly unit: string;
  readonly goal?: Goal;
  /** In absolute terms, for people. */
  readonly ours?: string;
  readonly theirs?: string;
}

export interface Goal {
  readonly is: '≤' | '≥';
  readonly value: number;
}

export const ratioUnit = '× theirs';

export const atMost = (value: number): Goal => ({ is: '≤', value });
export const atLeast = (value: number): Goal => ({ is: '≥', value });

const isMet = ({ value, goal }: Figure): boolean =>
  goal === undefined || (goal.is === '≤' ? value <= goal.value : value >= goal.value);

/** The figures as lines of equal columns. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.what,
    `${rounded(figure.value)} ${figure.unit}`,
    figure.goal === undefined ? '' : `${figure.goal.is} ${String(figure.goal.value)}`,
    figure.goal === undefined ? '' : isMet(figure) ? 'reached' : 'NOT REACHED',
    figure.ours ?? '',
    figure.theirs ?? '',
  ]);
  const all = [['', 'measured', 'goal', '', 'ours', 'bentoml serve'], ...rows];
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

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
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
  return {
    what,
    value: median(pairs.map(([ours, theirs]) => ours / theirs)),
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
