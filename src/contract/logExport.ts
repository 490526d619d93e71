import * as z from 'zod/mini';
import { StatusClass } from './requestLog.ts';

/** `csv`: RFC 4180 with names in the first line. `jsonl`: one request a line, as `requestlog/list` tells it. */
export const LogFormat = z.enum(['csv', 'jsonl']);
export type LogFormat = z.infer<typeof LogFormat>;

/** What is written where: the requests a search finds (all when it is left out), newest first, into a file that replaces one of that name. */
export const LogExportStart = z.object({
  query: z.optional(z.nullable(z.string())), statusClass: z.optional(z.nullable(StatusClass)), format: LogFormat, path: z.string().check(z.minLength(1), z.maxLength(4_000)),
});
export type LogExportStart = z.infer<typeof LogExportStart>;

/** `written` of `total` requests; `bytes` of the file so far. `message` says why it failed. */
export const LogExport = z.object({
  exportId: z.string(), revision: z.number(), state: z.enum(['running', 'done', 'cancelled', 'failed']), path: z.string(), total: z.number(), written: z.number(), bytes: z.number(), message: z.nullable(z.string()),
});
export type LogExport = z.infer<typeof LogExport>;
