import * as z from 'zod/mini';

export const KeyId = z.string().check(z.minLength(1)).brand<'KeyId'>();
export type KeyId = z.infer<typeof KeyId>;

/** Only the OpenAI protocol is served today; a key cannot be made for one that would not work. */
export const ProtocolType = z.enum(['openai_compat']);
export type ProtocolType = z.infer<typeof ProtocolType>;

export const ReasoningEffort = z.enum(['low', 'medium', 'high', 'xhigh']);
export type ReasoningEffort = z.infer<typeof ReasoningEffort>;

/** A platform key as `apikey/list` shows it (the original's fields). Never the secret. Times in Unix seconds. */
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
  createdAt: z.number(),
  lastUsedAt: z.nullable(z.number()),
});
export type PlatformKey = z.infer<typeof PlatformKey>;
