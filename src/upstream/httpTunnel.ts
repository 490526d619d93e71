import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ProxyPlace } from '../core/proxyUrl.ts';
import { ProxyFailure, reachWords } from './proxyFailure.ts';

/** Where a tunnel leads: a host as it stands in a URL (IPv6 without brackets) and its port. */
export interface TunnelEnd { readonly host: string; readonly port: number }

/** Asks the HTTP proxy at the other end of the socket for a tunnel (CONNECT). Rejects with a ProxyFailure; whose socket it is closes it then. */
export function openHttpTunnel(socket: Socket, { host, port }: TunnelEnd, login: ProxyPlace['login']): Promise<void> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const basic = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  return new Promise((resolve, reject) => {
    const asked = request({
      method: 'CONNECT', path: authority, createConnection: () => socket,
      headers: { host: authority, connection: 'keep-alive', 'proxy-connection': 'keep-alive', ...(basic && { 'proxy-authorization': basic }) },
    });
    // Nobody speaks first at the other end of the tunnel, so nothing can have come with the answer.
    asked.once('connect', ({ statusCode = 0 }: IncomingMessage) => {
      if (statusCode >= 200 && statusCode < 300) resolve();
      else reject(refusal(statusCode, login !== null));
    });
    asked.on('error', (error) => reject('code' in error && String(error.code).startsWith('HPE_') ? new ProxyFailure('the proxy does not answer as an HTTP proxy does') : new ProxyFailure(reachWords('the proxy', error))));
    asked.end();
  });
}

function refusal(status: number, hasLogin: boolean): ProxyFailure {
  const why = status !== 407 ? '' : hasLogin ? ' (it does not take this user and password)' : ' (it wants a user and a password)';
  return new ProxyFailure(`proxy refused: ${status}${why}`);
}
