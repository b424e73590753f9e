import type { Component } from './model';

/** What a component is called on its row and in its debug session. */
export const componentTitle = ({ kind, name }: Pick<Component, 'kind' | 'name'>): string =>
  kind === 'http' || kind === 'grpc' ? kind : name;
