/** As much of it as the tests use. */
declare module 'markdown-it' {
  export interface Token {
    readonly type: string;
    readonly content: string;
    readonly attrs: readonly (readonly [string, string])[] | null;
    readonly children: readonly Token[] | null;
  }
  export default class MarkdownIt {
    constructor(options?: { html?: boolean; linkify?: boolean });
    validateLink: (url: string) => boolean;
    parse(text: string, env: object): Token[];
    render(text: string): string;
  }
}
