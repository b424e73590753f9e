import type { Outcome } from '../run-fault.ts';

/** One line of the report that the extension host writes; `index` is the place in the table. */
export type FaultReportLine =
  | { readonly kind: 'begun'; readonly index: number }
  | { readonly kind: 'over'; readonly index: number; readonly outcome: Outcome };
