/** One line of a suite's report: the extension host writes it, the test runner outside reads it. */
export type ReportLine =
  | { readonly kind: 'passed'; readonly title: string; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly title: string; readonly message: string }
  | { readonly kind: 'skipped'; readonly title: string }
  | { readonly kind: 'log'; readonly text: string }
  /** Without it the extension host ended before the suite did. */
  | { readonly kind: 'ended' };
