import { createServer, type RequestListener, type Server } from 'node:http';
import { AppError } from '../core/appError.ts';

/** A name that means the loopback of both families; one of them taken by another program means that the port is busy. */
const loopback = ['127.0.0.1', '::1'];

export interface Listening {
  readonly port: number;
  /** As URLs. */
  readonly addresses: readonly string[];
  close(): Promise<void>;
}

/** Listens on every address that `host` stands for. Rejects with AppError `portBusy` when another program has one of them. */
export async function listen({ host, port }: { readonly host: string; readonly port: number }, handle: RequestListener): Promise<Listening> {
  const hosts = host.toLowerCase() === 'localhost' ? loopback : [host.replace(/^\[|\]$/g, '')];
  const servers: Server[] = [];
  let bound = port;
  try {
    for (const address of hosts) {
      const server = await bind(address, bound, handle, servers.length > 0);
      if (!server) continue;
      servers.push(server);
      bound = portOf(server);
    }
  } catch (thrown) {
    await closeAll(servers);
    throw thrown;
  }
  return { port: bound, addresses: servers.map(urlOf), close: () => closeAll(servers) };
}

/** Null when this machine does not have the address family and another address is bound already. */
function bind(host: string, port: number, handle: RequestListener, optional: boolean): Promise<Server | null> {
  const server = createServer({ keepAliveTimeout: 75_000, headersTimeout: 60_000, requestTimeout: 0, noDelay: true, maxHeaderSize: 65_536 }, handle);
  server.on('upgrade', refuseUpgrade);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (optional && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')) resolve(null);
      else reject(listenError(error, host, port));
    });
    server.listen(port, host, () => resolve(server));
  });
}

/** Node hands upgrades past the request handler; every one is refused so that clients fall back to HTTP at once. */
function refuseUpgrade(_request: unknown, socket: { end(text: string): void; on(event: 'error', listener: () => void): void }): void {
  socket.on('error', () => undefined);
  socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): AppError {
  if (error.code === 'EADDRINUSE') {
    return new AppError('portBusy', `Port ${port} on ${host} is used by another program. End that program, or set CODEXMANAGER_SERVICE_ADDR to another port.`, { cause: error });
  }
  if (error.code === 'EACCES') return new AppError('portBusy', `Port ${port} on ${host} may not be used by this user. Set CODEXMANAGER_SERVICE_ADDR to a port above 1023.`, { cause: error });
  return new AppError('badRequest', `The gateway cannot listen on ${host}:${port} (${error.code ?? error.message}). Check CODEXMANAGER_SERVICE_ADDR.`, { cause: error });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function urlOf(server: Server): string {
  const address = server.address();
  if (typeof address !== 'object' || !address) return '';
  return address.family === 'IPv6' ? `http://[${address.address}]:${address.port}` : `http://${address.address}:${address.port}`;
}

/** Ends idle connections at once and running ones too: nobody may wait for a gateway that is gone. */
async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  })));
}
