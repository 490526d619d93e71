import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a server that can be shut: nobody can connect then, on the same port. */
export class Door {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #target = 0;
  #port = 0;

  private constructor() {
    this.#server = createServer((near) => {
      const far = connect(this.#target, '127.0.0.1');
      for (const [one, other] of [[near, far], [far, near]] as const) {
        this.#sockets.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy()).on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
  }

  static async open(): Promise<Door> {
    const door = new Door();
    await door.reopen();
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  leadTo(url: string): void {
    this.#target = Number(new URL(url).port);
  }

  async reopen(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async shut(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }
}
