import * as z from 'zod/mini';

/** An account at the fake provider. */
export const LabAccountOptions = z.object({
  label: z.string(),
  email: z.string(),
  subject: z.string(),
  chatgptAccountId: z.string(),
  plan: z._default(z.string(), 'plus'),
  /** Models it may use; all known ones when absent. */
  models: z.optional(z.array(z.string())),
  /** Percent used of the 5-hour and the weekly window. */
  usedPercent: z._default(z.number(), 10),
  weeklyPercent: z._default(z.number(), 5),
  /** What one request adds to the 5-hour window, in percent. */
  costPercent: z._default(z.number(), 0),
  /** Seconds until the 5-hour window resets. */
  resetsInSeconds: z._default(z.number(), 7_200),
  /** How many resets of a spent window it may redeem. */
  resetCredits: z._default(z.number(), 0),
  accessLifetimeSeconds: z._default(z.number(), 864_000),
  /** A key of the OpenAI platform, which its `auth.json` then carries. */
  apiKey: z._default(z.nullable(z.string()), null),
  /** Title of its workspace and the person's role there, as id tokens tell them. */
  workspaceName: z._default(z.string(), 'Personal'),
  workspaceRole: z._default(z.string(), 'owner'),
});
export type LabAccountOptions = z.input<typeof LabAccountOptions>;
export type LabAccountSettings = z.infer<typeof LabAccountOptions>;

const at = { afterEvents: z._default(z.number(), 0) };
/** Whether the events before it stand alone until release() is called, so that whoever reads has surely seen them. */
const held = { hold: z._default(z.boolean(), false) };

/** What goes wrong with one request. `afterEvents` counts events of the answer that are sent before it. */
export const Fault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('status'), status: z.number(), headers: z._default(z.record(z.string(), z.string()), {}), body: z._default(z.unknown(), { error: { message: 'scripted' } }) }),
  z.object({ kind: z.literal('usageLimit'), resetsInSeconds: z.number() }),
  z.object({ kind: z.literal('challenge') }),
  /** `response.failed` with this code. `holdAt`: the events from there on come in one piece with it, after release(). */
  z.object({ kind: z.literal('failed'), code: z.string(), message: z._default(z.string(), 'scripted failure'), holdAt: z.optional(z.number()), ...at, ...held }),
  /** A top-level `error` event. */
  z.object({ kind: z.literal('error'), error: z.record(z.string(), z.unknown()), ...at, ...held }),
  z.object({ kind: z.literal('cut'), ...at, ...held, afterBytes: z.optional(z.number()) }),
  /** The answer ends too early, but in order. */
  z.object({ kind: z.literal('ends'), ...at, ...held }),
  z.object({ kind: z.literal('reset') }),
  /** Silent until released or left. */
  z.object({ kind: z.literal('stall'), ...at }),
  /** Stands still until release(), and goes well then. */
  z.object({ kind: z.literal('hold'), ...at }),
  z.object({ kind: z.literal('slowLoris') }),
  z.object({ kind: z.literal('wrongLength') }),
  z.object({ kind: z.literal('malformed') }),
  z.object({ kind: z.literal('json') }),
  /** An event of the stream's own, such as `codex.rate_limits`. */
  z.object({ kind: z.literal('insert'), event: z.record(z.string(), z.unknown()), ...at, ...held }),
  /** No headers for so long. */
  z.object({ kind: z.literal('delay'), ms: z.number() }),
]);
export type Fault = z.infer<typeof Fault>;
export type FaultInput = z.input<typeof Fault>;

export const LabOptions = z.object({
  accounts: z.array(LabAccountOptions),
  port: z._default(z.number(), 0),
  /** Pause between the events of an answer, ms. */
  paceMs: z._default(z.number(), 0),
  /** Each event of an answer comes in two pieces, with the pause between them too. */
  halves: z._default(z.boolean(), false),
  /** Ask on a page as whom to sign in (one button per account, and Cancel); else the person is signed in already as the first account. */
  signInPage: z._default(z.boolean(), false),
  /** Pace and life of device codes, and whether the first poll of each is told to slow down. */
  intervalSeconds: z._default(z.number(), 1),
  lifetimeSeconds: z._default(z.number(), 900),
  slowDownOnce: z._default(z.boolean(), false),
});
export type LabOptions = z.input<typeof LabOptions>;
