import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between client and server and can let a connection fall silent without closing it, as a broken network does. */
export class TcpRelay {
  readonly port: number;
  readonly #server: ReturnType<typeof createServer>;
  readonly #pairs: Set<readonly [Socket, Socket]>;

  private constructor(server: ReturnType<typeof createServer>, pairs: Set<readonly [Socket, Socket]>) {
    this.#server = server;
    this.#pairs = pairs;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(toPort: number): Promise<TcpRelay> {
    const pairs = new Set<readonly [Socket, Socket]>();
    const server = createServer({ noDelay: true }, (client) => {
      const upstream = connect({ port: toPort, host: '127.0.0.1', noDelay: true });
      const pair = [client, upstream] as const;
      pairs.add(pair);
      for (const [socket, other] of [pair, [upstream, client]] as const) {
        socket.on('error', () => undefined).on('close', () => {
          pairs.delete(pair);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
    await new Promise<void>((ready) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, ready));
    return new TcpRelay(server, pairs);
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Nothing goes through the oldest connection any more, in either direction. */
  stallOldest(): void {
    for (const socket of this.#pairs.values().next().value ?? []) socket.unpipe().pause();
  }

  close(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.#server.close();
  }
}
