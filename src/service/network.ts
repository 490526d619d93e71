import type { NetworkSettings } from '../contract/host.ts';
import type { EngineConfig } from '../core/engineConfig.ts';
import type { Log } from '../core/logger.ts';
import { boundProxy, generalProxy, readProxyList, unusableProxies, type Network } from '../core/proxyRoute.ts';
import { systemCertificates } from '../upstream/trustedContext.ts';
import { UpstreamPools } from '../upstream/upstreamPools.ts';

const nothingSet: NetworkSettings = { proxy: '', noProxy: [], strictSsl: true, systemCertificates: true, variables: {} };

export interface NetworkDeps {
  readonly config: Pick<EngineConfig, 'connectTimeoutMs' | 'proxyList' | 'upstreamHttp2'>;
  readonly settings: NetworkSettings | undefined;
  readonly log: Log;
}

/** The ways to the provider, and which account goes which. What is set and cannot be used is logged by name. */
export function openNetwork({ config, settings = nothingSet, log }: NetworkDeps): Network & { readonly pools: UpstreamPools } {
  const { proxies, unusable } = readProxyList(config.proxyList);
  if (unusable.length > 0) log('warn', `CODEXMANAGER_PROXY_LIST: entry ${unusable.join(', ')} is not a proxy and is left out.`);
  for (const name of unusableProxies(settings)) log('warn', `The proxy in ${name} is not one that can be used and is left out. Write it like http://host:port, https://host:port or socks5://host:port.`);
  if (!settings.strictSsl) log('warn', 'http.proxyStrictSSL is off: the certificates of proxies and of the provider are not checked.');
  const bound = new Map<string, string | null>();
  const boundTo = (id: string): string | null => {
    const known = bound.get(id);
    if (known !== undefined) return known;
    const proxy = boundProxy(proxies, id);
    bound.set(id, proxy);
    return proxy;
  };
  return {
    proxyFor: ({ id, proxyUrl }) => proxyUrl ?? (proxies.length === 0 ? null : boundTo(id)),
    pools: new UpstreamPools({
      connectTimeoutMs: config.connectTimeoutMs, http2: config.upstreamHttp2, strictSsl: settings.strictSsl, generalProxy: (origin) => generalProxy(settings, origin),
      ca: () => (settings.systemCertificates ? systemCertificates(log) : null),
    }),
  };
}
