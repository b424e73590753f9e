import { CST, Lexer, parse } from 'yaml';
import { say } from '../../messages/message';
import { MessageError } from '../../messages/message-error';

/** The longest text that is parsed whole: a few milliseconds for what people write, at most a tenth of a second. */
const wholeLimit = 8 * 1024;
const partsLimit = 64 * 1024;
/** Levels of brackets, or of keys and items: the parser takes seconds for thousands, and people write a few. */
const depthLimit = 20;
/** Brackets, tags, anchors and aliases: each takes the parser longer than the one before. */
const markersLimit = 2_000;
/** Entries of lists and mappings: each takes the parser about 20 microseconds. */
const entriesLimit = 8_000;
/** Sections with anchors that refer to others with anchors. */
const aliasRounds = 10;

/**
 * Reads the requested top-level keys of a YAML mapping; throws when it cannot be parsed. A long text is first cut to
 * these keys: BentoML writes schemas of hundreds of kilobytes, and parsing them would block the window.
 * @param limit the longest text that is parsed after the cut
 */
export function readYaml(content: string, keys: readonly string[], limit = partsLimit): unknown {
  const parts = content.length <= wholeLimit ? undefined : topLevelSections(content, keys);
  const wanted = parts ?? content;
  if (wanted.length > limit) throw new MessageError(say('tooLong'));
  assertQuick(wanted);
  return parse(wanted, {
    logLevel: 'error',
    // Pretty errors count lines anew for each of them: quadratic on nonsense.
    prettyErrors: false,
    // BentoML's own parser takes the last of two; looking for them is quadratic, too.
    uniqueKeys: false,
    maxAliasCount: 20,
  });
}

interface Section {
  readonly key: string;
  readonly lines: string[];
}

/**
 * Cuts a block-style mapping to the requested keys, each with the lines below it, and to the sections that define the
 * anchors these use. Gives nothing for a text of another style.
 */
export function topLevelSections(content: string, keys: readonly string[]): string | undefined {
  const sections = splitSections(content);
  if (sections.length === 0) return undefined;
  const kept = new Set(sections.filter(({ key }) => keys.includes(key)));
  let added = [...kept];
  for (let round = 0; round < aliasRounds && added.length > 0; round++) {
    const aliases = namesAfter('*', added);
    if (aliases.size === 0) break;
    added = sections.filter(
      (section) =>
        !kept.has(section) && [...namesAfter('&', [section])].some((name) => aliases.has(name)),
    );
    for (const section of added) kept.add(section);
  }
  return sections
    .filter((section) => kept.has(section))
    .flatMap(({ lines }) => lines)
    .join('\n');
}

/** A key at the start of a line, quoted or plain. */
const topLevelKey = /^(?:(?:"([^"]*)"|'([^']*)')[ \t]*|([^\s"'#?,[\]{}-][^:#]*)):(?:\s|$)/;

function splitSections(content: string): readonly Section[] {
  const sections: Section[] = [];
  for (const line of content.replace(/^\uFEFF/, '').split('\n')) {
    const [, double, single, plain] = topLevelKey.exec(line) ?? [];
    const key = double ?? single ?? plain?.trimEnd();
    if (key === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ key, lines: [line] });
  }
  return sections;
}

/** Collects the names of anchors (`&`) or aliases (`*`). */
function namesAfter(mark: '&' | '*', sections: readonly Section[]): ReadonlySet<string> {
  const name = mark === '&' ? /&([^\s,[\]{}]+)/g : /\*([^\s,[\]{}]+)/g;
  const found = sections.flatMap(({ lines }) => [...lines.join('\n').matchAll(name)]);
  return new Set(found.map(([, text = '']) => text));
}

/** Throws when the parser would take long. Uses the parser's lexer, which takes time in proportion to the length. */
function assertQuick(text: string): void {
  let brackets = 0;
  let markers = 0;
  let entries = 0;
  const levels = new Levels();
  for (const { type, column, isFirst } of tokens(text)) {
    if (type === 'flow-seq-start' || type === 'flow-map-start') brackets++;
    else if (type === 'flow-seq-end' || type === 'flow-map-end') brackets--;
    else if (type === 'flow-error-end' || type === 'doc-mode') brackets = 0;
    if (isEntry.has(type)) entries++;
    if (isMarker.has(type)) markers++;
    if (brackets === 0 && (isFirst || isIndicator.has(type))) levels.add(column);
    if (brackets > depthLimit || levels.depth > depthLimit) {
      throw new MessageError(say('nestedTooDeeply'));
    }
    if (markers > markersLimit) throw new MessageError(say('tooManyMarkers'));
    if (entries > entriesLimit) throw new MessageError(say('tooManyEntries'));
  }
}

type TokenType = CST.TokenType | 'text';
const isIndicator = new Set<TokenType>(['seq-item-ind', 'explicit-key-ind', 'map-value-ind']);
const isEntry = new Set<TokenType>([...isIndicator, 'comma']);
const isMarker = new Set<TokenType>(['flow-seq-start', 'flow-map-start', 'tag', 'anchor', 'alias']);
const isSpace = new Set<TokenType>(['space', 'newline', 'comment', 'doc-mode', 'scalar']);

interface Token {
  readonly type: TokenType;
  readonly column: number;
  /** The first of its line that is not white space. */
  readonly isFirst: boolean;
}

function* tokens(text: string): Generator<Token> {
  let column = 0;
  let isLineStart = true;
  let isText = false;
  for (const source of new Lexer().lex(text)) {
    const type: TokenType = isText ? 'text' : (CST.tokenType(source) ?? 'text');
    const isFirst: boolean = isLineStart && !isSpace.has(type);
    yield { type, column, isFirst };
    // The lexer announces a plain or block scalar with a token of its own, which is not in the text.
    isText = type === 'scalar' && source === CST.SCALAR;
    if (isText || source === CST.DOCUMENT || source === CST.FLOW_END) continue;
    const lineEnd = source.lastIndexOf('\n');
    column = lineEnd < 0 ? column + source.length : source.length - lineEnd - 1;
    isLineStart = lineEnd >= 0 || (isLineStart && !isFirst);
  }
}

/** The columns of the keys and items in which a place is nested. */
class Levels {
  readonly #columns: number[] = [];

  get depth(): number {
    return this.#columns.length;
  }

  add(column: number): void {
    while ((this.#columns.at(-1) ?? -1) >= column) this.#columns.pop();
    this.#columns.push(column);
  }
}
