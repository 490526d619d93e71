import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SseClient } from '../../../src/gateway/sseClient.ts';

const keepAlive = 'event: keepalive\ndata: {"type":"keepalive"}\n\n';
const preamble = Buffer.from('data: {"type":"response.created"}\n\n');
const content = Buffer.from('data: {"type":"response.output_text.delta"}\n\n');

/** A client of ours at one end of a real connection, and whoever reads at the other. */
interface Pair { readonly client: SseClient; readonly reader: IncomingMessage; readonly body: Promise<string> }

describe('a stream that says nothing for long', () => {
  let server: Server;
  beforeEach(async () => {
    server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  /** Opened, with a preamble that is held back, and silent until its reader has got headers and the first keep-alive. */
  async function silent(keepAliveMs = 5): Promise<Pair> {
    const asked = get(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { agent: false });
    const [, response] = await once(server, 'request') as [IncomingMessage, ServerResponse];
    const client = new SseClient(response, { now: () => 0, keepAliveMs });
    response.once('close', () => client.stop());
    client.open(['content-type', 'text/event-stream', 'x-from', 'the first']);
    client.push(preamble, false);
    const [reader] = await once(asked, 'response') as [IncomingMessage];
    const [first] = await once(reader, 'data') as [Buffer];
    const body = new Promise<string>((resolve) => {
      let text = first.toString();
      reader.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(text));
    });
    return { client, reader, body };
  }

  /** Without keep-alives, of which there were as many as it took. */
  const said = async ({ body }: Pair): Promise<string> => (await body).replaceAll(keepAlive, '');

  it('sends headers and keep-alives, which commit nothing: another account can still answer', async () => {
    const pair = await silent();
    const { client, reader } = pair;
    assert.deepEqual([reader.statusCode, reader.headers['x-from'], client.committed], [200, 'the first', false]);
    client.drop();
    client.open(['content-type', 'text/event-stream']);
    client.push(preamble, false);
    client.push(content, true);
    client.end();
    assert.equal(await said(pair), preamble.toString() + content.toString(), 'nothing of the answer that was dropped');
    assert.ok((await pair.body).startsWith(keepAlive));
  });

  it('goes on with them while it waits for another account', async () => {
    const { client, reader } = await silent();
    client.drop();
    await once(reader, 'data');
    await once(reader, 'data');
    reader.destroy();
  });

  it('ends with the reason as an event when nobody is left', async () => {
    const pair = await silent();
    pair.client.drop();
    pair.client.refuse({ status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error', message: 'All are resting.', retryAfterSeconds: 9 });
    assert.match(await said(pair), /^event: response\.failed\ndata: .*"code":"rate_limit_exceeded","message":"All are resting\."/);
  });

  it('ends so that the turn is repeated when an answer comes that is no stream', async () => {
    const pair = await silent();
    pair.client.drop();
    pair.client.pass(422, [], Buffer.from('{}'));
    assert.match(await said(pair), /^event: response\.failed\ndata: .*"code":"server_error"/);
  });

  it('sends them in a committed stream too, where upstream sends nothing but comments', async () => {
    const { client, reader } = await silent(30);
    client.push(content, true);
    const comment = Buffer.from(': ping\n\n');
    const speak = (piece: Buffer): void => {
      client.event(piece, 0);
      client.push(piece, true);
    };
    const next = async (wanted: string): Promise<string> => {
      let text = '';
      while (!text.includes(wanted)) text += String((await once(reader, 'data') as [Buffer])[0]);
      return text;
    };
    const comments = setInterval(() => speak(comment), 3);
    assert.ok(await next(keepAlive));
    clearInterval(comments);
    client.stop();
    speak(content);
    client.end();
    await once(reader, 'end');
  });
});
