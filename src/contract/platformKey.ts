import * as z from 'zod/mini';

export const KeyId = z.string().check(z.minLength(1)).brand<'KeyId'>();
export type KeyId = z.infer<typeof KeyId>;

/** Only the OpenAI protocol is served today; a key cannot be made for one that would not work. */
export const ProtocolType = z.enum(['openai_compat']);
export type ProtocolType = z.infer<typeof ProtocolType>;

export const ReasoningEffort = z.enum(['low', 'medium', 'high', 'xhigh']);
export type ReasoningEffort = z.infer<typeof ReasoningEffort>;

const whole = (most: number) => z.nullable(z.int().check(z.minimum(1), z.maximum(most)));
const dollars = z.nullable(z.number().check(z.minimum(0.000001), z.maximum(1_000_000)));
const shape = {
  requestsPerMinute: whole(100_000),
  concurrentRequests: whole(10_000),
  tokensPerDay: whole(1e12),
  tokensPerWeek: whole(1e12),
  /** US dollars, as the log estimates them. */
  costPerDay: dollars,
  costPerMonth: dollars,
  /** Names, or beginnings with `*` at the end. */
  models: z.nullable(z.array(z.string().check(z.trim(), z.regex(/^[\w.:\-/]+\*?$|^\*$/), z.maxLength(200))).check(z.minLength(1), z.maxLength(100))),
  /** A request that asks for more effort gets this much. */
  effortCeiling: z.nullable(ReasoningEffort),
};
/** What a key may do at most; null: without such a limit. Days, weeks (from Monday) and months are the machine's own. */
export const KeyLimits = z.object(shape);
export type KeyLimits = z.infer<typeof KeyLimits>;
/** What is left out stays; null takes the limit away. */
export const KeyLimitsChange = z.partial(z.strictObject(shape));
export type KeyLimitsChange = z.infer<typeof KeyLimitsChange>;

export const BudgetName = z.enum(['tokensPerDay', 'tokensPerWeek', 'costPerDay', 'costPerMonth']);
export type BudgetName = z.infer<typeof BudgetName>;

/** What is used of one budget, in tokens or US dollars; `reserved` by requests that run. `resetsAt` in Unix seconds. */
export const BudgetUsage = z.object({ name: BudgetName, used: z.number(), reserved: z.number(), limit: z.number(), resetsAt: z.number() });
export type BudgetUsage = z.infer<typeof BudgetUsage>;

/** A platform key as `apikey/list` shows it (the original's fields, and ours). Never the secret. Times in Unix seconds. */
export const PlatformKey = z.object({
  id: KeyId,
  name: z.nullable(z.string()),
  modelSlug: z.nullable(z.string()),
  reasoningEffort: z.nullable(z.string()),
  clientType: z.literal('codex'),
  protocolType: ProtocolType,
  authScheme: z.literal('authorization_bearer'),
  status: z.enum(['active', 'disabled']),
  /** Only accounts of these groups ('' = of none), and of these plans, may serve it; null: all. */
  accountGroups: z._default(z.nullable(z.array(z.string())), null),
  accountPlans: z._default(z.nullable(z.array(z.string())), null),
  note: z._default(z.nullable(z.string()), null),
  limits: z._default(z.nullable(KeyLimits), null),
  /** One for each budget the key has. */
  usage: z._default(z.array(BudgetUsage), []),
  /** From then on it is refused. */
  expiresAt: z._default(z.nullable(z.number()), null),
  createdAt: z.number(),
  lastUsedAt: z.nullable(z.number()),
});
export type PlatformKey = z.infer<typeof PlatformKey>;
