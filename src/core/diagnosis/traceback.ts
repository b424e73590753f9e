export interface Frame {
  /** As Python prints it: a path, or `<frozen importlib._bootstrap>`. */
  readonly file: string;
  /** From 1, as Python counts. */
  readonly line: number;
  /** `<module>` for the code of a module itself. */
  readonly function?: string;
  /** The source line, where Python could read it. */
  readonly code?: string;
}

/** What an exception is to the one before it in the chain: its cause, what was being handled, a part of the group. */
export type Relation = 'cause' | 'context' | 'member';

export interface RaisedFacts {
  /** The module that could not be imported. */
  readonly module?: string;
  /** The number of an error of the system. */
  readonly errno?: number;
  /** The file of an error of the system. */
  readonly file?: string;
}

/** An exception, as the planner reports it or a traceback tells it. */
export interface Raised {
  /** With its module: `bentoml.exceptions.NotFound`. */
  readonly type: string;
  /** May have several lines. */
  readonly message: string;
  /** What the exception has in fields of its own; see `factsOf`. */
  readonly facts?: RaisedFacts;
  /** The outermost call first. */
  readonly frames: readonly Frame[];
  /** Absent for the exception that was raised last. */
  readonly relation?: Relation;
}

const header = /^(.*?)(?:\+ )?(?:Exception Group )?Traceback \(most recent call last\):$/;
/** No file has more lines than that. */
const frameLine = /^ {2}File "(.+?)", line ([1-9]\d{0,8})(?:, in (.*))?$/;
const carets = /^[\s~^]+$/;
const exceptionLine = /^([A-Za-z_][\w.]*(?:\.<locals>\.\w+)*)(?:: ?(.*))?$/;
const chained =
  /^(?:During handling of the above exception, another exception occurred|The above exception was the direct (cause) of the following exception):$/;
/** Between the exceptions of a group, and at its end. */
const divider = /^ *\+(?:-\+)?-{4,}(?: (?:\d+|\.\.\.) -+)?$/;
const margin = /^ *\| ?/;
const logRecord = /^(?:\d{4}-\d\d-\d\d[T ]|(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\b)/;
const colours = /\u001b\[[\d;:]*m/g;
/** Of a request: the server has answered it, and goes on. */
const handled = /Exception on \S+ \[[A-Z]+\]|Exception in ASGI application/;

/** In UTF-16 units: what people read is in the beginning of a line, and a path is shorter. */
const longestLine = 5000;
/** In lines: pydantic needs three for each field. */
const longestMessage = 40;
/** What a process says after its last exception, at most; who goes on for longer did not die of it. */
const longestFarewell = 100;

interface Block {
  type: string;
  message: string[];
  frames: { file: string; line: number; function?: string; code?: string }[];
  relation: Relation | undefined;
  /** The exceptions of a group, each before what it came from. */
  readonly parts: Block[];
}

/**
 * The last exception in the output of a Python process, then what it was raised from or while handling, nearest first.
 * Of a group the first exception comes right after it. Nothing when the output ends otherwise.
 */
export function lastTraceback(output: string): readonly Raised[] {
  const reader = new Reader();
  for (const line of output.replace(colours, '').split(/\r?\n/)) {
    reader.read(line.slice(0, longestLine).trimEnd());
  }
  return reader.last().map(({ type, message, frames, relation }) => ({
    type,
    message: message.join('\n').trim(),
    frames,
    ...(relation === undefined ? {} : { relation }),
  }));
}

type State = 'outside' | 'frames' | 'message';

class Reader {
  #state: State = 'outside';
  /** Top-level exceptions of the current chain, in the order of printing. */
  #chain: Block[] = [];
  #block: Block = emptyBlock();
  /** What the exception before is to the one that follows. */
  #continues: 'cause' | 'context' | undefined;
  #part = false;
  #ignored = false;
  #before = '';
  #since = 0;
  /** The exception has a text. */
  #hasText = false;

  read(raw: string): void {
    this.#since += 1;
    const inGroup = margin.test(raw) || divider.test(raw);
    const line = inGroup ? raw.replace(margin, '') : raw;
    if (divider.test(line)) this.#divide(/ \d+ -+$/.test(line));
    else if (header.test(line)) this.#begin(raw, inGroup);
    else if (chained.test(line)) this.#continues = chained.exec(line)?.[1] ? 'cause' : 'context';
    else this.#take(line, inGroup);
    if (line !== '') this.#before = line;
  }

  last(): readonly Block[] {
    this.#end();
    if (this.#since > longestFarewell) return [];
    return this.#chain.toReversed().flatMap((block) => [block, ...block.parts]);
  }

  #begin(raw: string, inGroup: boolean): void {
    this.#end();
    this.#part = inGroup && this.#chain.length > 0;
    if (!this.#part && this.#continues === undefined) {
      // A chain of which the first traceback belongs to a request belongs to it as a whole.
      this.#chain = [];
      this.#ignored = handled.test(this.#before) || handled.test(raw);
    }
    this.#block = emptyBlock();
    this.#state = 'frames';
  }

  /** Another exception of the group; it may come without a traceback of its own. */
  #divide(begins: boolean): void {
    this.#end();
    if (!begins) return;
    this.#part = true;
    this.#continues = undefined;
    this.#block = emptyBlock();
    this.#state = 'frames';
  }

  #take(line: string, inGroup: boolean): void {
    if (this.#state === 'message') this.#more(line, inGroup);
    else this.#frame(line);
  }

  #frame(line: string): void {
    const found = frameLine.exec(line);
    if (found !== null) {
      const isUnreadable = found[3] === undefined;
      // Of a file that cannot be parsed Python may print nothing but the place.
      if (this.#state === 'outside') {
        if (!isUnreadable) return;
        this.#chain = [];
        this.#part = false;
        this.#ignored = false;
        this.#block = emptyBlock();
        this.#state = 'frames';
      }
      const [, file = '', line, name] = found;
      const inFunction = name === undefined ? {} : { function: name };
      this.#block.frames.push({ file, line: Number(line), ...inFunction });
      return;
    }
    if (this.#state === 'outside') return;
    if (/^\s/.test(line)) {
      const frame = this.#block.frames.at(-1);
      if (frame !== undefined && !carets.test(line)) frame.code ??= line.trim();
      return;
    }
    const raised = exceptionLine.exec(line);
    if (raised === null) return;
    this.#block.type = raised[1] ?? '';
    this.#block.message = [raised[2] ?? ''];
    this.#hasText = raised[2] !== undefined;
    this.#state = 'message';
    this.#since = 0;
    const outer = this.#chain.at(-1);
    if (!this.#part || outer === undefined) {
      if (outer !== undefined) outer.relation = this.#continues;
      this.#chain.push(this.#block);
    } else {
      this.#addPart(outer);
    }
    this.#continues = undefined;
  }

  #addPart({ parts }: Block): void {
    this.#block.relation = 'member';
    if (this.#continues === undefined) parts.push(this.#block);
    else {
      const [source] = parts;
      if (source !== undefined) source.relation = this.#continues;
      parts.unshift(this.#block);
    }
  }

  #more(line: string, inGroup: boolean): void {
    const { message } = this.#block;
    // Of a text that begins with empty lines, `ValueError:` is all that is on the first.
    const hasBegun = message.length > 1 || message[0] !== '' || !this.#hasText;
    const isOver =
      (line === '' && hasBegun) ||
      logRecord.test(line) ||
      message.length >= longestMessage ||
      (this.#part && !inGroup);
    if (isOver) this.#state = 'outside';
    else if (line !== '') message.push(line);
  }

  #end(): void {
    this.#state = 'outside';
    if (this.#ignored) this.#chain = [];
  }
}

const emptyBlock = (): Block => ({
  type: '',
  message: [],
  frames: [],
  relation: undefined,
  parts: [],
});
