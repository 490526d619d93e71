import type { IncomingHttpHeaders } from 'node:http';
import type { RequestFacts } from '../protocol/requestFacts.ts';
import { sha256 } from './boundRequest.ts';

/** Headers by which clients name their conversation: Codex of all versions (a sub-agent keeps its root's), then Claude Code. */
const names = ['session-id', 'session_id', 'conversation_id', 'x-claude-code-session-id'] as const;

/** Whether a header names the conversation. */
export function namedByHeader(headers: IncomingHttpHeaders): boolean {
  return nameIn(headers) !== null;
}

/** The name of a request's conversation, whose prompt cache is with one account; null when the client does not say. */
export function conversationOf(headers: IncomingHttpHeaders, { promptCacheKey, userId }: Pick<RequestFacts, 'promptCacheKey' | 'userId'>): string | null {
  const name = nameIn(headers) ?? (promptCacheKey || userId);
  return name ? sha256(name) : null;
}

function nameIn(headers: IncomingHttpHeaders): string | null {
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}
