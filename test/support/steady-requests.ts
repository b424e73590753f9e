import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export interface Answered {
  readonly body: string;
  /** Milliseconds on the test's clock. */
  readonly askedAt: number;
  readonly tookMs: number;
}

/** Clients that ask one after another, each time on a connection of its own. */
export class SteadyRequests {
  readonly answers: Answered[] = [];
  /** Why requests had no answer of status 200. */
  readonly failures: string[] = [];
  readonly #stop = new AbortController();
  readonly #clients: readonly Promise<void>[];

  /** `pauseMs`: between two requests of one client. */
  constructor(url: string, body: object, { clients = 4, pauseMs = 5 } = {}) {
    this.#clients = Array.from({ length: clients }, () => this.#ask(url, body, pauseMs));
  }

  /** Resolves when the last ones are answered. */
  async end(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#clients);
  }

  async #ask(url: string, body: object, pauseMs: number): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const askedAt = performance.now();
      try {
        const answer = await post(url, body);
        this.answers.push({ body: answer, askedAt, tookMs: performance.now() - askedAt });
      } catch (error) {
        this.failures.push(`${String(error)} after ${Math.round(performance.now() - askedAt)} ms`);
      }
      await pause(pauseMs);
    }
  }
}

/** Rejects unless the status is 200; after 15 s without an answer it hangs. */
export function post(url: string, body: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      url,
      {
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json', connection: 'close' },
        timeout: 15_000,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (text += piece));
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`status ${String(response.statusCode)}: ${text.slice(0, 200)}`));
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error('hangs')));
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}
