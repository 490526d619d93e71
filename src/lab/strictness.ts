import * as z from 'zod/mini';

/** The parameters the Codex backend knows; it refuses any other. */
const known = new Set([
  'model', 'stream', 'input', 'instructions', 'tools', 'tool_choice', 'parallel_tool_calls', 'reasoning', 'store', 'include', 'prompt_cache_key', 'text', 'client_metadata',
  'previous_response_id', 'service_tier', 'max_output_tokens', 'temperature', 'top_p', 'truncation', 'metadata', 'user', 'safety_identifier', 'prompt',
]);

export const labModels: ReadonlySet<string> = new Set(['gpt-6.1-sol', 'gpt-6-astra', 'gpt-6-sol', 'gpt-6-luna', 'gpt-6.1-terra', 'gpt-5.6-sol', 'gpt-5.6-terra', 'gpt-5.6-luna', 'gpt-5.5', 'gpt-5']);

const Item = z.looseObject({ type: z.optional(z.string()), role: z.optional(z.string()), encrypted_content: z.optional(z.nullable(z.string())), content: z.optional(z.unknown()), output: z.optional(z.unknown()) });
export type Item = z.infer<typeof Item>;
const Turn = z.looseObject({
  model: z.string(),
  stream: z.optional(z.boolean()),
  store: z.optional(z.nullable(z.boolean())),
  input: z.union([z.string(), z.array(Item)]),
  tools: z.optional(z.array(z.looseObject({ type: z.string(), name: z.optional(z.string()) }))),
  previous_response_id: z.optional(z.nullable(z.string())),
});
export type LabTurn = z.infer<typeof Turn>;

export interface LabRefusal { readonly status: number; readonly body: unknown }

function refusal(status: number, message: string, code: string | null, param: string | null = null): LabRefusal {
  return { status, body: { error: { message, type: 'invalid_request_error', param, code } } };
}

/** What an account owns of the things that come back in requests. */
export interface Ownership {
  ownsItem(encrypted: string): boolean;
  ownsTurnState(turnState: string): boolean;
  mayUse(model: string): boolean;
}

/** The request, or how the real backend would refuse it. */
export function checkTurn(text: string, turnState: string | undefined, owner: Ownership): LabTurn | LabRefusal {
  const parsed = Turn.safeParse(parse(text));
  if (!parsed.success) return refusal(400, `Invalid request: ${parsed.error.issues[0]?.path.join('.') ?? ''} ${parsed.error.issues[0]?.message ?? ''}`, null);
  const turn = parsed.data;
  const unknown = Object.keys(turn).find((name) => !known.has(name));
  if (unknown !== undefined) return { status: 400, body: { detail: `Unsupported parameter: ${unknown}` } };
  if (turn.store !== false) return { status: 400, body: { detail: 'Store must be set to false' } };
  if (turn.stream !== true) return { status: 400, body: { detail: 'Stream must be set to true' } };
  if (!labModels.has(turn.model) || !owner.mayUse(turn.model)) return { status: 400, body: { detail: `The '${turn.model}' model is not supported when using Codex with a ChatGPT account.` } };
  if (turn.previous_response_id) return refusal(400, `Previous response with id '${turn.previous_response_id}' not found.`, 'previous_response_not_found', 'previous_response_id');
  if (turnState !== undefined && !owner.ownsTurnState(turnState)) return refusal(400, 'Unknown turn state.', 'invalid_turn_state');
  const foreign = typeof turn.input === 'string' ? undefined : turn.input.find((item) => item.encrypted_content && !owner.ownsItem(item.encrypted_content));
  return foreign ? refusal(400, 'The encrypted_content could not be verified.', 'invalid_encrypted_content') : turn;
}

export function isRefusal(checked: LabTurn | LabRefusal): checked is LabRefusal {
  return 'status' in checked && 'body' in checked;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
