import * as z from 'zod/mini';

/** `leader.json`: how other processes reach the engine that leads this data directory. Mode 0600: `token` is a credential. */
export const Announcement = z.object({
  rpcUrl: z.string(),
  token: z.string(),
  epoch: z.number(),
  contractVersion: z.number(),
  pid: z.number(),
});
export type Announcement = z.infer<typeof Announcement>;
