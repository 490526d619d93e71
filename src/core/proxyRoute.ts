import type { NetworkSettings } from '../contract/host.ts';
import type { AccountRecord } from './records.ts';
import { isLoopback, isUnproxied } from './noProxy.ts';
import { readProxyUrl } from './proxyUrl.ts';

/** What of an account decides how it is reached. */
export type RouteOwner = Pick<AccountRecord, 'id' | 'proxyUrl'>;

/** How accounts are reached, for everybody who sends something for one. */
export interface Network {
  /** The proxy this account alone goes through; null: it goes the way everybody does. Holds credentials: never shown, never logged. */
  proxyFor(account: RouteOwner): string | null;
}

const mostListed = 5;
const variableNames = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'];

/** `CODEXMANAGER_PROXY_LIST`: its first five entries, less those that are no proxy, whose places (from 1) are told. */
export function readProxyList(text: string): { readonly proxies: readonly string[]; readonly unusable: readonly number[] } {
  const read = text.split(/[,;\r\n]/).map((entry) => entry.trim()).filter((entry) => entry !== '').slice(0, mostListed).map(readProxyUrl);
  return { proxies: read.filter((proxy) => proxy !== null), unusable: read.flatMap((proxy, i) => (proxy === null ? [i + 1] : [])) };
}

/** The proxy of a list an account is bound to, the same one after every start: FNV-1a 64 of its id, as CodexManager v0.1.3 has it. Null for an empty list. */
export function boundProxy(proxies: readonly string[], accountId: string): string | null {
  if (proxies.length < 2) return proxies[0] ?? null;
  return proxies[Number(fnv1a64(accountId) % BigInt(proxies.length))] ?? null;
}

export function fnv1a64(text: string): bigint {
  let hash = 14_695_981_039_346_656_037n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 1_099_511_628_211n);
  return hash;
}

/** The variables of a process that say how the network is reached. */
export function proxyVariables(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = variableNames.flatMap((name) => [name, name.toLowerCase()]);
  return Object.fromEntries(names.flatMap((name) => (environment[name]?.trim() ? [[name, environment[name]]] : [])));
}

/**
 * How everybody reaches an origin: VS Code's `http.proxy`, else the variables for its scheme, else directly (null). This computer itself, and what
 * NO_PROXY or `http.noProxy` name, is always reached directly.
 */
export function generalProxy({ proxy, noProxy, variables }: NetworkSettings, origin: string): string | null {
  const { protocol, hostname, port } = new URL(origin);
  if (isLoopback(hostname)) return null;
  const unproxied = [...noProxy, variableOf(variables, 'NO_PROXY')].join(',');
  if (isUnproxied(unproxied, hostname, Number(port) || (protocol === 'https:' ? 443 : 80))) return null;
  const ofScheme = variableOf(variables, protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  return readProxyUrl(proxy) ?? readProxyUrl(ofScheme) ?? readProxyUrl(variableOf(variables, 'ALL_PROXY'));
}

/** What is set and cannot be used, by name and never by value. */
export function unusableProxies({ proxy, variables }: NetworkSettings): string[] {
  const isUnusable = (text: string): boolean => text.trim() !== '' && readProxyUrl(text) === null;
  const names = variableNames.filter((name) => name !== 'NO_PROXY' && isUnusable(variableOf(variables, name)));
  return [...(isUnusable(proxy) ? ['the setting http.proxy'] : []), ...names.map((name) => `the variable ${name}`)];
}

/** In lower case first, as curl has it. */
function variableOf(variables: Readonly<Record<string, string>>, name: string): string {
  return variables[name.toLowerCase()] ?? variables[name] ?? '';
}
