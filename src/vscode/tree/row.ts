import type { Problem, SourceLocation } from '../../core/model';
import type { Markdown } from './markdown';

/** A row of the tree, as data; the provider only maps it. */
export interface Row {
  readonly label: string;
  readonly description: string;
  readonly icon: RowIcon;
  /** What can be done with it, for the `when` of menus: `component:canStop:hasTerminal`. */
  readonly contextValue: string;
  /** For screen readers: everything in words. */
  readonly accessibilityLabel: string;
  /** Paragraphs. */
  readonly tooltip: readonly Markdown[];
  readonly collapsible: 'none' | 'collapsed' | 'expanded';
  /** What a click opens: where it failed. */
  readonly opens?: SourceLocation;
  /** A click on a component that opens no file shows its terminal. */
  readonly showsTerminal?: boolean;
}

export interface RowIcon {
  /** The name of a codicon: every state has a shape of its own. */
  readonly id: string;
  /** The id of a theme colour. */
  readonly color?: string;
}

/** Parts of a description or a label; empty ones are left out. */
export const joined = (parts: readonly (string | undefined)[], separator = ' · '): string =>
  parts.filter((part) => part !== undefined && part !== '').join(separator);

export const opening = (problem: Problem | undefined): Pick<Row, 'opens'> =>
  problem?.location === undefined ? {} : { opens: problem.location };
