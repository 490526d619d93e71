/** The Codex CLI release whose header set stands in for clients that are not Codex. */
export const pinnedCodexVersion = '0.169.0';

/** Sent for a client that is not Codex, in the place of its own identification. */
export const codexIdentity: readonly string[] = [
  'version', pinnedCodexVersion,
  'originator', 'codex_cli_rs',
  'user-agent', `codex_cli_rs/${pinnedCodexVersion}`,
];

const sessionHeaders = new Set(['session-id', 'session_id', 'thread-id', 'thread_id', 'conversation-id', 'conversation_id']);
const codexHeaders = new Set(['version', 'user-agent', 'originator', 'openai-beta', 'x-client-request-id']);

/** Whether a request's headers are those of a Codex client: it alone names an `originator`, and its user agent begins with `codex`. */
export function isCodexClient(originator: string | undefined, userAgent: string | undefined): boolean {
  return originator !== undefined || (userAgent !== undefined && /^codex/i.test(userAgent));
}

/**
 * Whether a client's header (lower-case name) goes upstream unchanged. `x-codex-turn-state` is not decided here: it goes only to the account that
 * gave it out. Authorization and account id are always ours, and nothing that is not named here passes.
 */
export function passesUpstream(name: string, codex: boolean): boolean {
  if (sessionHeaders.has(name)) return true;
  if (!codex) return false;
  if (codexHeaders.has(name)) return true;
  return (name.startsWith('x-codex-') && name !== 'x-codex-turn-state') || name.startsWith('x-openai-');
}

const answerHeaders = new Set(['content-type', 'x-request-id', 'cf-ray', 'x-models-etag', 'x-reasoning-included', 'retry-after', 'openai-processing-ms', 'openai-version']);

/**
 * Whether an upstream header (lower-case name) reaches the client. Cookies, hop-by-hop, length and transport headers never do; `openai-model` only
 * when it says what was asked for, because Codex warns its user about any other value.
 */
export function passesToClient(name: string): boolean {
  return answerHeaders.has(name) || name.startsWith('x-codex-') || name.startsWith('x-ratelimit-');
}
