import * as z from 'zod/mini';
import { AccountId } from './account.ts';

const text = z.optional(z.nullable(z.string()));

/** How to sign in. The original's fields; `accountId` (ours) says which account needs a new login, and keeps its row. */
export const LoginStart = z.optional(z.nullable(z.object({
  /** `device` for a code on another screen; anything else is a browser login. */
  type: text,
  /** Whether the engine opens the browser itself; a window does that on its own. */
  openBrowser: z.optional(z.boolean()),
  /** Note, tags and group are for an account that is new. */
  note: z.optional(z.nullable(z.string().check(z.maxLength(4000)))),
  /** Comma-separated, as the original's dialog sends them. */
  tags: z.optional(z.nullable(z.string().check(z.maxLength(1600)))),
  groupName: z.optional(z.nullable(z.string().check(z.maxLength(100)))),
  workspaceId: text,
  accountId: z.optional(z.nullable(AccountId)),
})));
export type LoginStart = z.infer<typeof LoginStart>;

/** The device-code part of a login. The original's four addresses, and what a person types. Times in Unix seconds. */
export const DeviceLogin = z.object({
  userCodeUrl: z.string(),
  tokenUrl: z.string(),
  verificationUrl: z.string(),
  redirectUri: z.string(),
  userCode: z.string(),
  intervalSeconds: z.number(),
  expiresAt: z.number(),
});
export type DeviceLogin = z.infer<typeof DeviceLogin>;

/** A login under way. `warning` says why its callback cannot be heard; the address the browser ends on can be pasted then. */
export const LoginStarted = z.object({
  authUrl: z.string(),
  loginId: z.string(),
  loginType: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  redirectUri: z.string(),
  warning: z.nullable(z.string()),
  device: z.nullable(DeviceLogin),
});
export type LoginStarted = z.infer<typeof LoginStarted>;

/** What became of a login. `accountId` once it succeeded; `created` false when that account was there before. `updatedAt` in Unix seconds. */
export const LoginStatus = z.object({
  status: z.enum(['pending', 'success', 'failed', 'unknown']),
  error: z.nullable(z.string()),
  updatedAt: z.nullable(z.number()),
  accountId: z.nullable(AccountId),
  created: z.boolean(),
  /** The account that was to be signed in again is another one than this login's. */
  otherAccount: z.boolean(),
});
export type LoginStatus = z.infer<typeof LoginStatus>;
