import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';

/** What became of an attempt to listen. `busy`: another program has the port. `code` is the system's. */
export type Bound =
  | { readonly kind: 'listening'; readonly port: number; close(): void; destroy(): void }
  | { readonly kind: 'busy'; readonly port: number }
  | { readonly kind: 'unusable'; readonly code: string };

type Listening = Extract<Bound, { kind: 'listening' }>;

/** A free port of one family may be taken in the other: as many numbers are tried. */
const mostTries = 5;
/** A browser's callback is one short request. */
const limits = { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 10_000, keepAliveTimeout: 1, noDelay: true } as const;

/**
 * Listens on every address that `host` stands for: `localhost` is 127.0.0.1 and ::1, of which a machine may lack one, but neither may be another
 * program's. Port 0 finds one that is free on all.
 */
export async function bindLoopback(host: string, port: number, handle: RequestListener): Promise<Bound> {
  const hosts = host.toLowerCase() === 'localhost' ? ['127.0.0.1', '::1'] : [host.replace(/^\[|\]$/g, '')];
  let bound = await bindAll(hosts, port, handle);
  for (let tries = 1; port === 0 && bound.kind === 'busy' && tries < mostTries; tries += 1) bound = await bindAll(hosts, port, handle);
  return bound;
}

async function bindAll(hosts: readonly string[], wanted: number, handle: RequestListener): Promise<Bound> {
  const bound: Listening[] = [];
  let missing = 'EADDRNOTAVAIL';
  for (const host of hosts) {
    const one = await bindOne(host, bound[0]?.port ?? wanted, handle);
    if (one.kind === 'listening') {
      bound.push(one);
    } else if (one.kind === 'unusable' && (one.code === 'EADDRNOTAVAIL' || one.code === 'EAFNOSUPPORT')) {
      missing = one.code;
    } else {
      for (const { destroy } of bound) destroy();
      return one;
    }
  }
  const [first] = bound;
  if (!first) return { kind: 'unusable', code: missing };
  return { kind: 'listening', port: first.port, close: () => bound.forEach(({ close }) => close()), destroy: () => bound.forEach(({ destroy }) => destroy()) };
}

function bindOne(host: string, port: number, handle: RequestListener): Promise<Bound> {
  const server = createServer(limits, handle);
  server.on('upgrade', (_request, socket) => socket.destroy());
  const end = endingOf(server);
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE' ? { kind: 'busy', port } : { kind: 'unusable', code: error.code ?? 'unknown cause' }));
    server.listen(port, host, () => resolve({ kind: 'listening', port: portOf(server), ...end }));
  });
}

/** `close` gives the port back at once; answers that are being written go out, and a browser's spare connections do not count. */
function endingOf(server: Server): Pick<Listening, 'close' | 'destroy'> {
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  const close = (): void => {
    server.close();
    for (const socket of unused) socket.destroy();
  };
  return {
    close,
    destroy: () => {
      close();
      server.closeAllConnections();
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
