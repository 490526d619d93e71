import * as z from 'zod/mini';
import { AccountId } from './account.ts';

/** Where an export goes: one `auth.json` per account in a folder, or one file with all of them. Absolute paths; written 0600. */
export const ExportStart = z.object({
  /** Which accounts; all when left out. */
  accountIds: z.optional(z.array(AccountId)),
  folder: z.optional(z.string()),
  file: z.optional(z.string()),
});
export type ExportStart = z.infer<typeof ExportStart>;

/** `skipped`: accounts whose tokens cannot be read. */
export const ExportDone = z.object({ count: z.number(), paths: z.array(z.string()), skipped: z._default(z.number(), 0) });

/** The login Codex CLI on this computer uses. `accountId` when that account is in the pool. */
export const CodexLogin = z.object({
  path: z.string(),
  state: z.enum(['none', 'login', 'apiKey', 'personalToken', 'unreadable']),
  email: z.nullable(z.string()),
  accountId: z.nullable(AccountId),
});
export type CodexLogin = z.infer<typeof CodexLogin>;

/** `backup` is where the login that was there before is kept; null when there was none. */
export const CodexLoginWritten = z.object({ path: z.string(), backup: z.nullable(z.string()) });

export const BackupStart = z.object({ file: z.string(), passphrase: z.string().check(z.minLength(8)) });
export const BackupDone = z.object({ path: z.string(), accounts: z.number(), keys: z.number() });
