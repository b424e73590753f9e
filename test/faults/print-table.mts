import type { Fault } from './fault.ts';
import type { Outcome } from './run-fault.ts';

export interface Row {
  readonly fault: Fault;
  /** Absent when it is not run. */
  readonly outcome?: Outcome;
}

/** One fault as it is over. */
export function printRow({ fault, outcome }: Row): void {
  if (outcome === undefined) return;
  const mark = outcome.asExpected ? '✓' : '✗';
  console.log(`${mark} ${fault.number} ${fault.fault} (${seconds(outcome)})`);
}

/** The whole table; true when all that ran went as expected. */
export function printSummary(rows: readonly Row[]): boolean {
  const ran = rows.flatMap(({ fault, outcome }) =>
    outcome === undefined ? [] : [{ fault, outcome }],
  );
  console.log('\n| # | fault | expected | seen | time |\n|--:|---|---|---|--:|');
  for (const { fault, outcome } of ran) {
    const mark = outcome.asExpected ? '' : '**NOT AS EXPECTED** ';
    const cells = [fault.number, fault.fault, fault.expected, mark + oneLine(outcome.seen)];
    console.log(`| ${cells.join(' | ')} | ${seconds(outcome)} |`);
  }
  const others = rows.flatMap(({ fault }) => (fault.on === 'elsewhere' ? [fault] : []));
  if (others.length > 0) console.log('\nNot run here:');
  for (const { number, fault, why } of others) console.log(`${number} ${fault}: ${why}`);
  const good = ran.filter(({ outcome }) => outcome.asExpected).length;
  console.log(`\n${good} of ${ran.length} as expected`);
  return good === ran.length;
}

const seconds = ({ milliseconds }: Outcome): string => `${(milliseconds / 1000).toFixed(1)} s`;

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
