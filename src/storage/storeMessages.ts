import * as z from 'zod/mini';
import { Fault } from '../contract/fault.ts';
import type { OpenedStore, OpenStoreOptions, Store, StoreNotice } from '../core/store.ts';

/** What the engine's thread and the databases' worker say to each other. Both are this program; what is checked is the envelope. */

export const storeMethods = [
  'saveAccounts', 'updateAccounts', 'deleteAccounts', 'saveTokens', 'saveStates', 'saveSetting', 'createKey', 'updateKey', 'replaceKeySecret', 'countKeys', 'setKeyEnabled', 'setKeysUsed', 'deleteKey', 'readKeySecret',
  'appendLog', 'listRequests', 'countRequests', 'clearRequests', 'summary', 'statistics', 'appendUsage', 'recentUsage', 'usageHours', 'forgetUsage', 'prune', 'close',
] as const satisfies readonly (keyof Store)[];
export type StoreMethod = (typeof storeMethods)[number];

export const StoreCall = z.object({ id: z.number(), method: z.enum(['open', ...storeMethods]), args: z.array(z.unknown()) });
export type StoreCall = z.infer<typeof StoreCall>;

export const StoreReply = z.union([
  z.object({ id: z.number(), ok: z.literal(true), result: z.unknown() }),
  z.object({ id: z.number(), ok: z.literal(false), fault: Fault }),
  z.object({ notice: z.object({ kind: z.enum(['foreignAccess', 'logFailed']), message: z.string() }) }),
]);

export const OpenArguments = z.tuple([z.object({ dbPath: z.string(), envDataKey: z.nullable(z.string()), secretDataKey: z.nullable(z.string()), traceBytes: z.optional(z.number()), wasmFile: z.string() })]);

/** What the worker answers to `open`. */
export type OpenResult = OpenedStore;
export type { OpenStoreOptions, StoreNotice };
