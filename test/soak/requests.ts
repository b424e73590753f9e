import http from 'node:http';
import type { ServeBentoApi } from '../../src/api';
import { bentoOf } from '../window/support/extension-api';

export interface Request {
  readonly bento: string;
  readonly from: number;
  readonly to: number;
  /** Why it failed; nothing when it was answered as it should. */
  readonly failure?: string;
}

/** What a sample is asked, and what its answer holds. */
export interface Question {
  readonly path: string;
  readonly type: string;
  readonly body: string;
  readonly answer: string;
}

const pauseMs = 50;
const limitMs = 60_000;

/** Asks a bento without a pause: each time with a connection of its own, or with one that is kept. */
export class Requests {
  readonly #api: ServeBentoApi;
  readonly #bento: string;
  readonly #question: Question;
  readonly #agent: http.Agent;
  readonly all: Request[] = [];
  #running = true;

  constructor(api: ServeBentoApi, bento: string, question: Question, keepAlive: boolean) {
    this.#api = api;
    this.#bento = bento;
    this.#question = question;
    this.#agent = new http.Agent({ keepAlive, maxSockets: 1 });
  }

  async run(): Promise<void> {
    while (this.#running) {
      const url = bentoOf(this.#api, this.#bento).components.find(
        ({ kind }) => kind === 'http',
      )?.url;
      if (url !== undefined) {
        const from = performance.now();
        const failure = await this.#ask(url);
        const to = performance.now();
        this.all.push({
          bento: this.#bento,
          from,
          to,
          ...(failure === undefined ? {} : { failure }),
        });
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    this.#agent.destroy();
  }

  end(): void {
    this.#running = false;
  }

  #ask(url: string): Promise<string | undefined> {
    const { path, type, body, answer } = this.#question;
    return new Promise((resolve) => {
      const request = http.request(
        `${url}${path}`,
        {
          method: 'POST',
          agent: this.#agent,
          headers: { 'content-type': type, 'content-length': Buffer.byteLength(body) },
          signal: AbortSignal.timeout(limitMs),
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (piece: string) => (text += piece));
          response.on('error', (error) => resolve(error.message));
          response.on('end', () => {
            const isRight = response.statusCode === 200 && text.includes(answer);
            resolve(isRight ? undefined : `${response.statusCode ?? 0} ${text.slice(0, 80)}`);
          });
        },
      );
      request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      request.end(body);
    });
  }
}
