/** Who may talk to a loopback listener: checks against DNS rebinding and foreign web pages. Pure; nothing here throws. */

/** Whether a `Host` header names this machine's loopback or an allowed host (lower-case, without port). An absent or malformed one is refused. */
export function checkHost(host: string | undefined, allowed: readonly string[]): boolean {
  const name = hostName(host);
  return name !== null && (isLoopback(name) || allowed.includes(name));
}

/** Whether an `Origin` may send requests: none at all, or http(s) from loopback or an allowed host. */
export function checkOrigin(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined) return true;
  const match = /^https?:\/\/([^/?#@\s]+)$/i.exec(origin);
  return match !== null && checkHost(match[1], allowed);
}

/** Browsers say by `Sec-Fetch-Site` whether another site sent the request. */
export function checkFetchSite(site: string | undefined): boolean {
  return site !== 'cross-site';
}

/** Lower-case name without port and brackets; null when there is none. */
function hostName(host: string | undefined): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host ?? '');
  return match?.[1]?.toLowerCase() ?? null;
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}
