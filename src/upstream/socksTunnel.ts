import { isIPv4 } from 'node:net';
import type { Socket } from 'node:net';
import type { ProxyPlace } from '../core/proxyUrl.ts';
import type { TunnelEnd } from './httpTunnel.ts';
import { ProxyFailure, reachWords } from './proxyFailure.ts';

const version = 5;
const noLogin = 0;
const userAndPassword = 2;
/** Reply codes of RFC 1928, 6. */
const replies: Readonly<Record<number, string>> = {
  1: 'a failure of its own', 2: 'its rules do not allow it', 3: 'the network is not reachable', 4: 'the host is not reachable', 5: 'the host refused the connection', 6: 'it took too long',
  7: 'it does not make connections', 8: 'it does not know this kind of address',
};

/**
 * Asks the SOCKS 5 proxy at the other end of the socket for a tunnel (RFC 1928, 1929). Names are resolved by the proxy. Rejects with a ProxyFailure;
 * whose socket it is closes it then.
 */
export async function openSocksTunnel(socket: Socket, end: TunnelEnd, login: ProxyPlace['login']): Promise<void> {
  socket.write(Buffer.from(login ? [version, 2, noLogin, userAndPassword] : [version, 1, noLogin]));
  const [answered, method] = await take(socket, 2);
  if (answered !== version) throw new ProxyFailure('the proxy does not answer as a SOCKS 5 proxy does');
  if (method === userAndPassword && login) await signIn(socket, login);
  else if (method !== noLogin) throw new ProxyFailure(`proxy refused: it wants ${login ? 'another kind of login' : 'a user and a password'}`);
  socket.write(Buffer.concat([Buffer.from([version, 1, 0]), addressOf(end.host), Buffer.from([end.port >> 8, end.port & 255])]));
  const [, reply = 1, , kind] = await take(socket, 4);
  if (reply !== 0) throw new ProxyFailure(`proxy refused: ${replies[reply] ?? `reply ${reply}`}`);
  const length = kind === 1 ? 4 : kind === 4 ? 16 : (await take(socket, 1))[0] ?? 0;
  await take(socket, length + 2);
}

async function signIn(socket: Socket, { user, password }: NonNullable<ProxyPlace['login']>): Promise<void> {
  const [name, secret] = [Buffer.from(user), Buffer.from(password)];
  if (name.length > 255 || secret.length > 255) throw new ProxyFailure('the user or the password is longer than SOCKS 5 allows (255 bytes)');
  socket.write(Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([secret.length]), secret]));
  const [, status] = await take(socket, 2);
  if (status !== 0) throw new ProxyFailure('proxy refused: it does not take this user and password');
}

function addressOf(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)]);
  // An IPv6 address goes as a name too: resolving it gives it back.
  const name = Buffer.from(host);
  return Buffer.concat([Buffer.from([3, name.length]), name]);
}

/** Exactly so many bytes; what comes behind them stays in the socket. */
function take(socket: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      socket.off('readable', look).off('end', ended).off('close', ended).off('error', failed);
    };
    const look = (): void => {
      const bytes = socket.read(count) as Buffer | null;
      if (bytes === null) return;
      done();
      if (bytes.length === count) resolve(bytes);
      else reject(new ProxyFailure('the proxy closed the connection'));
    };
    const ended = (): void => {
      done();
      reject(new ProxyFailure('the proxy closed the connection'));
    };
    const failed = (error: Error): void => {
      done();
      reject(new ProxyFailure(reachWords('the proxy', error)));
    };
    socket.on('readable', look).on('end', ended).on('close', ended).on('error', failed);
    // Whoever is gone already tells nothing any more.
    if (socket.destroyed || socket.readableEnded) ended();
    else look();
  });
}
