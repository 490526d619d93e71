import * as z from 'zod/mini';
import { AccountId } from './account.ts';

const text = z.optional(z.nullable(z.string()));

/** One account that could not be taken. `index` is 1-based over the whole call, as in the original; `message` says file, position and reason in one line. */
export const ImportFailure = z.object({
  index: z.number(),
  message: z.string(),
  file: z._default(z.nullable(z.string()), null),
  /** `line:column` inside the file. */
  position: z._default(z.nullable(z.string()), null),
  reason: z._default(z.nullable(z.string()), null),
});
export type ImportFailure = z.infer<typeof ImportFailure>;

/** Where accounts come from: files and folders (recursively) of this computer, texts, a login of Codex CLI, an encrypted backup. */
export const ImportStart = z.object({
  /** Absolute paths; the engine reads them itself. */
  paths: z.optional(z.array(z.string())),
  sources: z.optional(z.array(z.object({ name: z.string(), text: z.string() }))),
  /** The login Codex CLI uses now. */
  codexLogin: z.optional(z.boolean()),
  /** Group of new accounts; `IMPORT` when left out. */
  groupName: text,
  /** Opens an encrypted backup among the files. */
  passphrase: z.optional(z.string()),
});
export type ImportStart = z.infer<typeof ImportStart>;

/** What would happen to one account. */
export const ImportPreview = z.object({
  label: z.string(),
  email: z.nullable(z.string()),
  plan: z.nullable(z.string()),
  groupName: z.nullable(z.string()),
  file: z.string(),
  action: z.enum(['create', 'update', 'skip']),
  /** Why it is skipped. */
  reason: z.nullable(z.string()),
});
export type ImportPreview = z.infer<typeof ImportPreview>;

/**
 * An import: it reads (`reading`), waits for a decision (`ready`), stores (`storing`) and ends (`done`, `cancelled`, `failed`). While it is `ready` the
 * counts say what would happen, afterwards what did. `revision` grows with every change. Nothing is stored before `storing`.
 */
export const ImportStatus = z.object({
  importId: z.string(),
  revision: z.number(),
  state: z.enum(['reading', 'ready', 'passphraseNeeded', 'storing', 'done', 'cancelled', 'failed']),
  /** Why it failed. */
  message: z.nullable(z.string()),
  filesRead: z.number(),
  files: z.number(),
  total: z.number(),
  /** Of `total`, how many are dealt with while it stores. */
  done: z.number(),
  created: z.number(),
  updated: z.number(),
  skipped: z.number(),
  failed: z.number(),
  /** The first failures; all are counted. */
  errors: z.array(ImportFailure),
  /** The first accounts, while it is `ready`. */
  preview: z.array(ImportPreview),
  /** Platform keys a backup brings along. */
  keys: z.number(),
  /** One of them is the very login that Codex CLI on this computer uses: two holders of one refresh token must be kept in step. */
  sharesCodexLogin: z.boolean(),
  /** The only account of the import, once it is stored. */
  accountId: z.nullable(AccountId),
});
export type ImportStatus = z.infer<typeof ImportStatus>;
