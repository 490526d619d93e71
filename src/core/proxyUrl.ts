/** What we can reach a provider through. `socks5h` is `socks5` with names resolved by the proxy, which is what we do in any case; so is plain `socks`. */
const schemes: Readonly<Record<string, string>> = { 'http:': 'http:', 'https:': 'https:', 'socks5:': 'socks5:', 'socks5h:': 'socks5:', 'socks:': 'socks5:' };

/** The forms of a proxy's address, for messages. */
export const proxyForms = 'http://host:port, https://host:port or socks5://host:port, with user:password@ before the host if the proxy wants a login';

/** The address of a proxy, in one spelling; null when it is none. `host:port` alone means http, as curl has it. */
export function readProxyUrl(text: string): string | null {
  const trimmed = text.trim();
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  if (trimmed === '' || !URL.canParse(whole)) return null;
  const { protocol, host, username, password, pathname, search, hash } = new URL(whole);
  const scheme = schemes[protocol];
  if (scheme === undefined || host === '' || !['', '/'].includes(pathname) || search !== '' || hash !== '') return null;
  const credentials = username === '' ? '' : `${username}${password === '' ? '' : `:${password}`}@`;
  return `${scheme}//${credentials}${host}`;
}

/** The same for people: its user and password are not shown. */
export function shownProxy(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//…@');
}

/** Where a proxy is and who we are to it; `text` as readProxyUrl gives it. Credentials are decoded, null without a user. */
export interface ProxyPlace {
  readonly kind: 'http' | 'https' | 'socks5';
  readonly host: string;
  readonly port: number;
  readonly login: { readonly user: string; readonly password: string } | null;
}

const defaultPorts = { http: 80, https: 443, socks5: 1080 } as const;

export function proxyPlace(text: string): ProxyPlace {
  const { protocol, hostname, port, username, password } = new URL(text);
  const kind = protocol === 'https:' ? 'https' : protocol === 'socks5:' ? 'socks5' : 'http';
  return {
    kind, host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? defaultPorts[kind] : Number(port),
    login: username === '' ? null : { user: decoded(username), password: decoded(password) },
  };
}

/** A lone `%` means itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
