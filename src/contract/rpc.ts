import * as z from 'zod/mini';
import { Account, AccountId } from './account.ts';
import { GatewayState } from './gatewayState.ts';
import { KeyId, PlatformKey, ProtocolType } from './platformKey.ts';
import { RequestLogItem, StatusClass, TodaySummary } from './requestLog.ts';

/** Raised with every change that an older or newer window could not understand. */
export const contractVersion = 1;

const nothing = z.optional(z.nullable(z.looseObject({})));
const Done = z.object({ ok: z.literal(true) });
const optionalText = z.optional(z.nullable(z.string()));

/** One account in an import answer that could not be taken: `index` is 1-based over the whole call, as in the original. */
export const ImportFailure = z.object({ index: z.number(), message: z.string() });
export type ImportFailure = z.infer<typeof ImportFailure>;

/**
 * Every question a client may ask. Names and fields are CodexManager v0.1.3's; what we added is additive.
 * Every result here is the success shape; failures travel as a Fault (JSON-RPC 2.0) or inside `result` (the original's envelope).
 */
export const methods = {
  initialize: { params: nothing, result: z.object({ server_name: z.string(), version: z.string() }) },
  'account/list': { params: nothing, result: z.object({ items: z.array(Account) }) },
  'account/import': {
    params: z.object({ contents: z.optional(z.array(z.unknown())), content: optionalText }),
    result: z.object({ total: z.number(), created: z.number(), updated: z.number(), failed: z.number(), errors: z.array(ImportFailure) }),
  },
  'account/update': {
    params: z.object({ accountId: AccountId, sort: z.optional(z.int()), enabled: z.optional(z.boolean()), label: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(200))) }),
    result: Done,
  },
  'account/delete': { params: z.object({ accountId: AccountId }), result: Done },
  'apikey/list': { params: nothing, result: z.object({ items: z.array(PlatformKey) }) },
  'apikey/create': {
    params: z.object({ name: optionalText, modelSlug: optionalText, reasoningEffort: optionalText, protocolType: z.optional(z.nullable(ProtocolType)) }),
    result: z.object({ id: KeyId, key: z.string() }),
  },
  'apikey/readSecret': { params: z.object({ id: KeyId }), result: z.object({ id: KeyId, key: z.string() }) },
  'apikey/enable': { params: z.object({ id: KeyId }), result: Done },
  'apikey/disable': { params: z.object({ id: KeyId }), result: Done },
  'apikey/delete': { params: z.object({ id: KeyId }), result: Done },
  'requestlog/list': {
    params: z.optional(z.object({ query: optionalText, limit: z.optional(z.number()), beforeId: z.optional(z.number()),
      /** Together with the query: only this class of status. */
      statusClass: z.optional(z.nullable(StatusClass)) })),
    result: z.object({ items: z.array(RequestLogItem) }),
  },
  'requestlog/clear': { params: nothing, result: Done },
  'requestlog/today_summary': { params: nothing, result: TodaySummary },
  'gateway/status': { params: nothing, result: GatewayState },
  /** Listens again after a stop, or tries a busy port once more. */
  'gateway/start': { params: nothing, result: GatewayState },
  /** Ends every connection and gives the port back until the next start of gateway or engine. */
  'gateway/stop': { params: nothing, result: GatewayState },
} satisfies Record<string, { params: z.ZodMiniType; result: z.ZodMiniType }>;

/** Every event a client may hear on `GET /rpc/events`: state, not deltas, so a lost one heals with the next. */
export const events = {
  'account/changed': z.array(Account),
  'apikey/changed': z.array(PlatformKey),
  'requestlog/added': z.array(RequestLogItem),
  'gateway/changed': GatewayState,
} satisfies Record<string, z.ZodMiniType>;

export type Method = keyof typeof methods;
export type Params<M extends Method> = z.infer<(typeof methods)[M]['params']>;
export type Result<M extends Method> = z.infer<(typeof methods)[M]['result']>;
export type Handlers = { [M in Method]: (params: Params<M>) => Promise<Result<M>> };
export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.infer<(typeof events)[E]>;
export type Emit = <E extends EventName>(event: E, payload: EventPayload<E>) => void;
