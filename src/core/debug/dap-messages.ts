import * as z from 'zod';

/** Messages of the Debug Adapter Protocol, as far as our own adapter reads and writes them. */

export const dapRequest = z.looseObject({
  type: z.literal('request'),
  seq: z.number(),
  command: z.string(),
  arguments: z.record(z.string(), z.unknown()).optional(),
});

export type DapRequest = z.infer<typeof dapRequest>;

export type DapReply =
  | {
      readonly type: 'response';
      readonly request_seq: number;
      readonly command: string;
      readonly success: boolean;
      readonly message?: string;
      readonly body?: object;
    }
  | { readonly type: 'event'; readonly event: string; readonly body?: object }
  /** A reverse request: the editor starts another session. */
  | { readonly type: 'request'; readonly command: 'startDebugging'; readonly arguments: object };
