import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import { proxyPlace, type ProxyPlace } from '../core/proxyUrl.ts';
import { openHttpTunnel, type TunnelEnd } from './httpTunnel.ts';
import { ProxyFailure, reachWords } from './proxyFailure.ts';
import { openSocksTunnel } from './socksTunnel.ts';

export interface ConnectOptions {
  /** For the connection itself, and once more for the TLS inside a tunnel. */
  readonly timeoutMs: number;
  readonly http2: boolean;
  /** False: certificates are not checked. */
  readonly strictSsl: boolean;
  /** Whom to trust; undefined: whom Node trusts. One for all connections, because making one takes many milliseconds. */
  readonly trusted: SecureContext | undefined;
}

type Connector = ReturnType<typeof buildConnector>;
type Options = Parameters<Connector>[0];

/** Makes connections to the provider: directly, or in a tunnel through a proxy (as readProxyUrl gives it). */
export function connectorTo(proxy: string | null, options: ConnectOptions): Connector {
  const { timeoutMs: timeout, http2, strictSsl, trusted } = options;
  // Left out where it says nothing new, so that Node's own variables count.
  const tls = { ...(!strictSsl && { rejectUnauthorized: false }), ...(trusted && { secureContext: trusted }) };
  const direct = buildConnector({ timeout, allowH2: http2, ...tls });
  if (proxy === null) return direct;
  const place = proxyPlace(proxy);
  const toProxy = buildConnector({ timeout, allowH2: false, ...tls });
  return (target, callback) => {
    const reach = async (): Promise<Socket> => {
      const tunnel = await openTunnel(toProxy, place, { host: target.hostname, port: Number(target.port) || (target.protocol === 'https:' ? 443 : 80) }, timeout);
      return target.protocol === 'https:' ? connect(direct, { ...target, httpSocket: tunnel }) : tunnel;
    };
    void reach().then((socket) => callback(null, socket), (thrown: unknown) => callback(thrown instanceof Error ? thrown : new Error('unknown cause'), null));
  };
}

/** Connects to the proxy and has it connect on. Rejects with a ProxyFailure; no socket is left then. */
async function openTunnel(toProxy: Connector, { kind, host, port, login }: ProxyPlace, end: TunnelEnd, timeoutMs: number): Promise<Socket> {
  const deadline = performance.now() + timeoutMs;
  const socket = await connect(toProxy, { hostname: host, host, port: String(port), protocol: kind === 'https' ? 'https:' : 'http:' }).catch((error: Error) => {
    throw new ProxyFailure(reachWords('the proxy', error));
  });
  // Whoever uses the tunnel hears of its errors from the connection inside it.
  socket.on('error', () => undefined);
  const timer = setTimeout(() => socket.destroy(new ProxyFailure('the proxy did not answer in time')), Math.max(1, deadline - performance.now()));
  try {
    await (kind === 'socks5' ? openSocksTunnel : openHttpTunnel)(socket, end, login);
    return socket;
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}

function connect(connector: Connector, options: Options): Promise<Socket> {
  return new Promise((resolve, reject) => connector(options, (error, socket) => (error ? reject(error) : resolve(socket))));
}
