import type { Clock } from '../clock';

/** In UTF-16 units: a line that grows longer than this becomes several records. */
const longestRecord = 65_536;
/** What has no line end after this time should be written without waiting for one, such as a prompt. */
export const openLineMs = 1000;

const colours = /\u001b\[[\d;:]*m/g;

interface Source {
  /** The start of a line whose end has not come yet. */
  open: string;
  /** The record before this one ended within a line. */
  continues: boolean;
  since: number;
}

/**
 * Text of several sources as the records of a file: one a line, each with its time and its source. What ends a line
 * for an editor and not for us is escaped, so that nobody can write a record in the name of somebody else.
 */
export class LogRecords {
  readonly #clock: Clock;
  readonly #sources = new Map<string, Source>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The records that this completes, in pieces; `text` holds whole colour sequences and no others. */
  add(text: string, name: string): readonly string[] {
    const source = this.#sources.get(name) ?? { open: '', continues: false, since: 0 };
    this.#sources.set(name, source);
    source.since = this.#clock.now();
    const end = text.lastIndexOf('\n') + 1;
    const records = end === 0 ? [] : this.#complete(name, source, text.slice(0, end));
    source.open += text.slice(end);
    return source.open.length < longestRecord ? records : [...records, this.#close(name, source)];
  }

  /** A record of our own. */
  event(text: string): string {
    return `${this.#stamp('Serve Bento')}${oneLine(text)}\n`;
  }

  /** The lines that wait for their end too long; they may go on in a record marked by a plus sign. */
  overdue(): string {
    const until = this.#clock.now() - openLineMs;
    return [...this.#sources]
      .filter(([, { since }]) => since <= until)
      .map(([name, source]) => this.#close(name, source))
      .join('');
  }

  /** Nothing more comes from this source. */
  end(name: string): string {
    const source = this.#sources.get(name);
    this.#sources.delete(name);
    return source === undefined ? '' : this.#close(name, source);
  }

  get hasOpen(): boolean {
    return [...this.#sources.values()].some(({ open }) => open !== '' && open !== '\r');
  }

  #close(name: string, source: Source): string {
    // The line feed that makes it a line end may be on its way.
    const end = source.open.endsWith('\r') ? -1 : source.open.length;
    const text = source.open.slice(0, end);
    if (text === '') return '';
    const stamp = this.#stamp(source.continues ? `${name} +` : name);
    source.open = source.open.slice(text.length);
    source.continues = true;
    return `${stamp}${plain(text)}\n`;
  }

  /** `lines`: whole ones, the first of which may have begun before. */
  #complete(name: string, source: Source, lines: string): readonly string[] {
    const start = source.open.endsWith('\r') && lines.startsWith('\n') ? -1 : source.open.length;
    const first =
      this.#stamp(source.continues ? `${name} +` : name) + plain(source.open.slice(0, start));
    source.open = '';
    source.continues = false;
    const next = this.#stamp(name);
    // Only a plain replacement of a plain character is fast; it makes one stamp too many.
    const stamped = plain(lines).replace(/\n/g, `\n${next}`);
    return [first, stamped.slice(0, -next.length)];
  }

  #stamp(source: string): string {
    // Not in the text of a replacement either.
    const safe = oneLine(source).replace(/[[\]$]/g, '_');
    return `${localTime(new Date(this.#clock.date()))} [${safe}] `;
  }
}

/** Each test is far cheaper than the replacement that it saves. */
function plain(text: string): string {
  let safe = text;
  if (safe.includes('\u001b')) safe = safe.replace(colours, '');
  if (safe.includes('\r')) safe = safe.replace(/\r\n/g, '\n').replaceAll('\r', '\\r');
  if (/[\u2028\u2029]/.test(safe)) {
    safe = safe.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  }
  return safe;
}

const oneLine = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');

function localTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
