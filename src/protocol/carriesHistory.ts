import { scanRequest } from './scanRequest.ts';

/** Items that only an earlier answer can have brought: whoever sends them along sends the conversation, not only what is new. */
const answered = ['"role":"assistant"', '"type":"function_call"', '"type":"custom_tool_call"'];

/**
 * Whether a request that names a `previous_response_id` also brings the conversation before it, so that it makes sense without that id. Looks for
 * items of earlier answers in `input`; spaces after the colon are allowed for.
 */
export function carriesHistory(body: Buffer): boolean {
  const input = scanRequest(body).spans['input'];
  if (!input) return false;
  const items = body.subarray(input.start, input.end);
  return answered.some((mark) => items.includes(mark) || items.includes(mark.replace(':', ': ')));
}
