/** Whether a host name (as URL.hostname has it) is this very computer. */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * Whether NO_PROXY (or VS Code's `http.noProxy`) takes a host out: entries separated by commas or spaces, each `*`, a name that stands for itself and
 * everything under it (`example.com`, `.example.com`, `*.example.com`), an address, or an IPv4 range (`10.0.0.0/8`); all with a port if need be.
 */
export function isUnproxied(list: string, hostname: string, port: number): boolean {
  const host = bare(hostname);
  return list.toLowerCase().split(/[\s,]+/).some((entry) => entry !== '' && matches(entry, host, port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const [, inBrackets, bracketPort] = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry) ?? [];
  const [, plain, plainPort] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
  const wantedPort = bracketPort ?? plainPort;
  if (wantedPort !== undefined && Number(wantedPort) !== port) return false;
  const name = (inBrackets ?? plain ?? entry).replace(/^\*?\./, '');
  if (name.includes('/')) return inRange(name, host);
  return host === name || (!isAddress(host) && host.endsWith(`.${name}`));
}

function inRange(range: string, host: string): boolean {
  const [base = '', bits = ''] = range.split('/');
  const [network, address] = [numberOf(base), numberOf(host)];
  if (network === null || address === null || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(network / size) === Math.floor(address / size);
}

/** An IPv4 address as a number. */
function numberOf(text: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts && parts.every((part) => part < 256) ? parts.reduce((sum, part) => sum * 256 + part, 0) : null;
}

function isAddress(host: string): boolean {
  return host.includes(':') || numberOf(host) !== null;
}

function bare(hostname: string): string {
  return hostname.toLowerCase().replace(/^\[|\]$/g, '').replace(/\.$/, '');
}
