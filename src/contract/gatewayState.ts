import * as z from 'zod/mini';

/** What the gateway is doing. `portBusy` means another program holds the port; nothing is served then. */
export const GatewayState = z.object({
  state: z.enum(['starting', 'running', 'portBusy', 'stopped']),
  addresses: z.array(z.string()),
  port: z.number(),
  message: z.nullable(z.string()),
  /** It runs and keeps its port, and refuses new requests until it is resumed. */
  paused: z._default(z.boolean(), false),
});
export type GatewayState = z.infer<typeof GatewayState>;
