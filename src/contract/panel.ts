import * as z from 'zod/mini';
import { Account } from './account.ts';
import { Fault } from './fault.ts';
import { events } from './rpc.ts';

/** What a page of ours says to its host. A call is a method of contract/rpc.ts. */
export const PageMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('call'), id: z.number(), method: z.string(), params: z.optional(z.unknown()) }),
  z.object({ type: z.literal('copy'), text: z.string().check(z.maxLength(10_000)) }),
]);
export type PageMessage = z.infer<typeof PageMessage>;

export const Link = z.object({ state: z.enum(['live', 'connecting', 'failed']), message: z.nullable(z.string()) });
export type Link = z.infer<typeof Link>;

/** The pool as far as a page shows it, which must not grow with it: figures of all accounts, who is asked next, and some of them in the pool's order. */
export const PoolDigest = z.object({ total: z.number(), serving: z.number(), needing: z.number(), left: z.nullable(z.number()), next: z.nullable(Account), accounts: z.array(Account) });
export type PoolDigest = z.infer<typeof PoolDigest>;

const { 'apikey/changed': keys, 'requestlog/added': requests, 'gateway/changed': gateway, 'usage/changed': usage, 'route/changed': route, 'settings/changed': settings } = events;
/** What a page may hear: events of contract/rpc.ts, the pool, and what the accounts of the requests it was given are called. */
export const pageEvents = { 'apikey/changed': keys, 'requestlog/added': requests, 'gateway/changed': gateway, 'usage/changed': usage, 'route/changed': route, 'settings/changed': settings, pool: PoolDigest, names: z.record(z.string(), z.string()) } satisfies Record<string, z.ZodMiniType>;
export type PageEvent = keyof typeof pageEvents;
export type PagePayload<E extends PageEvent> = z.infer<(typeof pageEvents)[E]>;

/** What the host says to a page: an answer to every call, events, and whether an engine is there. */
export const HostMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), id: z.number(), result: z.unknown() }),
  z.object({ type: z.literal('fault'), id: z.number(), fault: Fault }),
  z.object({ type: z.literal('event'), event: z.string(), payload: z.unknown() }),
  z.object({ type: z.literal('link'), link: Link }),
]);
export type HostMessage = z.infer<typeof HostMessage>;
