/** Where a call goes: origin for the connection pool, path for the request line. */
export interface UpstreamTarget { readonly origin: string; readonly path: string; readonly url: string }

/**
 * The address of `path` (as on the gateway, beginning `/v1/`) under a base URL, by the original's rules: a Codex backend has no `/v1`, a base that
 * ends in `/v1` brings its own, any other base gets the path as it is.
 */
export function upstreamTarget(baseUrl: string, path: string): UpstreamTarget {
  const base = baseUrl.replace(/\/+$/, '');
  const bare = path.startsWith('/v1/') ? path.slice(3) : path;
  const url = new URL(base.includes('/backend-api/codex') || base.endsWith('/v1') ? base + bare : base + path);
  return { origin: url.origin, path: url.pathname + url.search, url: url.href };
}
