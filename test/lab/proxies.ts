import { readFileSync } from 'node:fs';
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

const folder = join(import.meta.dirname, '../fixtures/tls');
/** The authority that signed what the TLS servers here show: for lab.test, proxy.test, localhost and 127.0.0.1, until 2119. Its own key is gone. */
export const testCaFile = join(folder, 'ca.pem');
export const testCa = readFileSync(testCaFile, 'utf8');
export const testIdentity = { key: readFileSync(join(folder, 'server.key')), cert: readFileSync(join(folder, 'server.pem')) };

export interface ProxyOptions {
  readonly kind: 'http' | 'https' | 'socks5';
  readonly login?: { readonly user: string; readonly password: string };
  /** The port on this computer that every tunnel ends at, whatever host was asked for; may be told later. */
  readonly to?: number;
}

/** A real proxy on loopback. */
export interface TestProxy {
  readonly url: string;
  readonly port: number;
  /** `host:port` of every tunnel that was opened, oldest first. */
  readonly tunnels: string[];
  /** Connections that were made to it. */
  readonly connections: number;
  /** Answers the next ones so: a status (HTTP) or a reply code (SOCKS), `hang`: not at all, `close`: by closing, `garbage`: as no proxy does; null: properly again. */
  behave(how: number | 'hang' | 'close' | 'garbage' | null): void;
  leadTo(port: number): void;
  /** Resolves when no connection is left. */
  idle(): Promise<void>;
  dispose(): Promise<void>;
}

export async function startProxy({ kind, login, to = 0 }: ProxyOptions): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  const state: ProxyState = { tunnels: [], behaviour: null, login: login ?? null, to, sockets };
  let connections = 0;
  const onConnection = (socket: Socket): void => {
    connections += 1;
    keep(sockets, socket);
    if (state.behaviour === 'hang') return;
    if (state.behaviour === 'close') return void socket.destroy();
    if (state.behaviour === 'garbage') return void socket.end('220 mail.example ESMTP\r\n');
    if (kind === 'socks5') void serveSocks(socket, state).catch(() => socket.destroy());
    else void serveConnect(socket, state).catch(() => socket.destroy());
  };
  const server = kind === 'https' ? createTlsServer(testIdentity, onConnection) : createTcpServer(onConnection);
  server.on('tlsClientError', () => undefined);
  const port = await listen(server);
  const credentials = login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@` : '';
  return {
    url: `${kind}://${credentials}127.0.0.1:${port}`, port, tunnels: state.tunnels,
    get connections() { return connections; },
    behave: (how) => void (state.behaviour = how),
    idle: async () => {
      for (const socket of sockets) if (!socket.destroyed) await new Promise((closed) => socket.once('close', closed));
    },
    leadTo: (target) => void (state.to = target),
    dispose: () => end(server, sockets),
  };
}

/** TLS in front of a plain port, with a certificate that only `testCa` vouches for. */
export async function startTlsFront(to: number): Promise<{ readonly port: number; dispose(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTlsServer(testIdentity, (socket) => {
    keep(sockets, socket);
    pipeTo(socket, to, sockets);
  });
  server.on('tlsClientError', () => undefined);
  return { port: await listen(server), dispose: () => end(server, sockets) };
}

interface ProxyState { readonly tunnels: string[]; behaviour: number | 'hang' | 'close' | 'garbage' | null; readonly login: ProxyOptions['login'] | null; to: number; readonly sockets: Set<Socket> }

async function serveConnect(socket: Socket, state: ProxyState): Promise<void> {
  const head = await readHead(socket);
  const authority = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head)?.[1];
  const given = /\r\nproxy-authorization: (.*)\r\n/i.exec(head)?.[1];
  const wanted = state.login && `Basic ${Buffer.from(`${state.login.user}:${state.login.password}`).toString('base64')}`;
  if (authority === undefined) return void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  if (wanted !== null && given !== wanted) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n');
  if (typeof state.behaviour === 'number') return void socket.write(`HTTP/1.1 ${state.behaviour} No\r\ncontent-length: 0\r\n\r\n`);
  state.tunnels.push(authority);
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
  pipeTo(socket, state.to, state.sockets);
}

async function serveSocks(socket: Socket, state: ProxyState): Promise<void> {
  const [, count = 0] = await take(socket, 2);
  const methods = [...await take(socket, count)];
  const method = state.login ? 2 : 0;
  if (!methods.includes(method)) return void socket.end(Buffer.from([5, 255]));
  socket.write(Buffer.from([5, method]));
  if (state.login) {
    const user = (await take(socket, (await take(socket, 2))[1] ?? 0)).toString();
    const password = (await take(socket, (await take(socket, 1))[0] ?? 0)).toString();
    if (user !== state.login.user || password !== state.login.password) return void socket.end(Buffer.from([1, 1]));
    socket.write(Buffer.from([1, 0]));
  }
  const [, , , kind] = await take(socket, 4);
  const host = kind === 1 ? [...await take(socket, 4)].join('.') : (await take(socket, (await take(socket, 1))[0] ?? 0)).toString();
  const port = (await take(socket, 2)).readUInt16BE();
  if (typeof state.behaviour === 'number') return void socket.write(Buffer.from([5, state.behaviour, 0, 1, 0, 0, 0, 0, 0, 0]));
  state.tunnels.push(`${host}:${port}`);
  // A bound address as a name, which a client must read to its end.
  socket.write(Buffer.concat([Buffer.from([5, 0, 0, 3, 5]), Buffer.from('bound'), Buffer.from([0, 1])]));
  pipeTo(socket, state.to, state.sockets);
}

async function readHead(socket: Socket): Promise<string> {
  let head = '';
  while (!head.endsWith('\r\n\r\n')) head += (await take(socket, 1)).toString('latin1');
  return head;
}

async function take(socket: Socket, count: number): Promise<Buffer> {
  if (count === 0) return Buffer.alloc(0);
  for (;;) {
    const bytes = socket.read(count) as Buffer | null;
    if (bytes?.length === count) return bytes;
    if (bytes || socket.readableEnded || socket.destroyed) throw new Error('closed');
    await new Promise<void>((resolve) => {
      const go = (): void => {
        socket.off('readable', go).off('end', go).off('close', go);
        resolve();
      };
      socket.on('readable', go).on('end', go).on('close', go);
    });
  }
}

function pipeTo(socket: Socket, to: number, sockets: Set<Socket>): void {
  const upstream = connect(to, '127.0.0.1');
  keep(sockets, upstream);
  socket.pipe(upstream).pipe(socket);
  socket.once('close', () => upstream.destroy());
  upstream.once('close', () => socket.destroy());
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return (server.address() as AddressInfo).port;
}

function end(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed());
    for (const socket of sockets) socket.destroy();
  });
}
