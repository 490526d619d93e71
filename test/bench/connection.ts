import { connect, type Socket } from 'node:net';
import { ResponseReader, type AnswerSink } from './responseReader.ts';

/** One keep-alive connection on a raw socket. `onFailure` is called at most once; nothing is heard after `close`. */
export class Connection {
  readonly #socket: Socket;
  readonly #reader = new ResponseReader();
  #over = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static open(port: number, onFailure: (problem: string) => void): Promise<Connection> {
    return new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      const connection = new Connection(socket);
      const fail = (problem: string): void => {
        if (connection.#over) return;
        connection.close();
        onFailure(problem);
        resolve(connection);
      };
      socket.on('connect', () => resolve(connection));
      socket.on('error', (error) => fail(`a connection broke: ${error.message}`));
      socket.on('close', () => fail('a connection was closed'));
      socket.on('data', (piece) => {
        try {
          connection.#reader.push(piece);
        } catch (thrown) {
          fail(thrown instanceof Error ? thrown.message : 'an answer cannot be read');
        }
      });
    });
  }

  send(request: Buffer, sink: AnswerSink): void {
    if (this.#over) return;
    this.#reader.expect(sink);
    this.#socket.write(request);
  }

  close(): void {
    this.#over = true;
    this.#socket.destroy();
  }
}
