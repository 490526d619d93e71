import * as z from 'zod/mini';

/** Every kind of failure that crosses a process. Closed: adding one is a deliberate act. */
export const ErrorCode = z.enum([
  'badRequest', 'unauthorized', 'forbidden', 'notFound', 'conflict', 'tooLarge', 'unsupported',
  'noAccountAvailable', 'upstream', 'loginRefused', 'dataKeyMissing', 'databaseCorrupt', 'databaseReadOnly', 'databaseTooNew',
  'databaseUnusable', 'diskFull', 'portBusy', 'cancelled', 'internal',
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** An error as another process sees it. `message` is safe to show: it carries no token, key, prompt or stack. */
export const Fault = z.object({ code: ErrorCode, message: z.string() });
export type Fault = z.infer<typeof Fault>;
