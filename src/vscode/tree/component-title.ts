import { componentTitle } from '../../core/component-title';
import type { Bento, Component } from '../../core/model';

/** Of a bento that is only watched no more is known. */
export const isAddress = ({ name, remote }: Pick<Component, 'name' | 'remote'>): boolean =>
  remote === true && URL.canParse(name);

/** As its terminal is named: `http · Search`; tabs are cut at the end, and this is what tells them apart. */
export const fullTitle = (bento: Pick<Bento, 'displayName'>, component: Component): string =>
  `${componentTitle(component)} · ${bento.displayName}`;
