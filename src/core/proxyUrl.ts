/** What we can reach a provider through. `socks5h` is `socks5` with names resolved by the proxy, which is what we do in any case. */
const schemes = new Set(['http:', 'https:', 'socks5:', 'socks5h:']);

/** The address of a proxy, in one spelling; null when it is none. `host:port` alone means http, as curl has it. */
export function readProxyUrl(text: string): string | null {
  const trimmed = text.trim();
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  if (trimmed === '' || !URL.canParse(whole)) return null;
  const { protocol, host, username, password, pathname, search, hash } = new URL(whole);
  if (!schemes.has(protocol) || host === '' || !['', '/'].includes(pathname) || search !== '' || hash !== '') return null;
  const credentials = username === '' ? '' : `${username}${password === '' ? '' : `:${password}`}@`;
  return `${protocol === 'socks5h:' ? 'socks5:' : protocol}//${credentials}${host}`;
}

/** The same for people: its user and password are not shown. */
export function shownProxy(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//…@');
}
