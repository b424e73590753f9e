import * as z from 'zod';

/** Messages of the Debug Adapter Protocol, as far as our own adapters read and write them. */

export const dapRequest = z.looseObject({
  type: z.literal('request'),
  seq: z.number(),
  command: z.string(),
  arguments: z.record(z.string(), z.unknown()).optional(),
});

export type DapRequest = z.infer<typeof dapRequest>;

/** What a debug adapter sends by itself, and what it answers. */
export const dapFromAdapter = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('event'), event: z.string() }),
  z.looseObject({
    type: z.literal('response'),
    request_seq: z.number(),
    command: z.string(),
    success: z.boolean(),
    body: z.record(z.string(), z.unknown()).optional(),
  }),
  z.looseObject({ type: z.literal('request'), command: z.string() }),
]);

export type DapFromAdapter = z.infer<typeof dapFromAdapter>;

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
