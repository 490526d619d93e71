/** The way ended at the proxy: no connection, a refusal, a handshake that failed. Nothing of a request was sent. The message is a clause for a person and names no secret. */
export class ProxyFailure extends Error {
  readonly code = 'PROXY_FAILED';
}

/** What a failure is called in logs and lists: a proxy's in words, any other by its code. */
export function failureText(error: Error): string {
  return error instanceof ProxyFailure ? error.message : (codeOf(error) ?? error.name);
}

/** Why something could not be reached, as a clause that begins with its name. */
export function reachWords(who: 'the proxy' | 'the provider', error: Error): string {
  if (error instanceof ProxyFailure) return error.message;
  const code = codeOf(error) ?? error.name;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `${who}'s name was not found (${code})`;
  if (code === 'ECONNREFUSED') return `${who} cannot be reached: the connection was refused (${code})`;
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT' || code === 'TimeoutError') return `${who} did not answer in time`;
  if (/CERT|SIGNATURE|ERR_TLS|ERR_SSL|EPROTO/.test(code)) return `the TLS connection to ${who} failed (${code})`;
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET' || code === 'EPIPE') return `${who} closed the connection (${code})`;
  return `${who} cannot be reached (${code})`;
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
