import * as z from 'zod/mini';
import { Fault } from './fault.ts';

/** What a page of ours says to its host. A call is a method of contract/rpc.ts. */
export const PageMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('call'), id: z.number(), method: z.string(), params: z.optional(z.unknown()) }),
  z.object({ type: z.literal('copy'), text: z.string().check(z.maxLength(10_000)) }),
]);
export type PageMessage = z.infer<typeof PageMessage>;

export const Link = z.object({ state: z.enum(['live', 'connecting', 'failed']), message: z.nullable(z.string()) });
export type Link = z.infer<typeof Link>;

/** What the host says to a page: an answer to every call, events of contract/rpc.ts, and whether an engine is there. */
export const HostMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), id: z.number(), result: z.unknown() }),
  z.object({ type: z.literal('fault'), id: z.number(), fault: Fault }),
  z.object({ type: z.literal('event'), event: z.string(), payload: z.unknown() }),
  z.object({ type: z.literal('link'), link: Link }),
]);
export type HostMessage = z.infer<typeof HostMessage>;
