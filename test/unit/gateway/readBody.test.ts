import assert from 'node:assert/strict';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { readBody } from '../../../src/gateway/readBody.ts';

/** Sends one real request and returns what readBody made of it. */
async function roundTrip(send: (port: number) => ReturnType<typeof httpRequest>, maxBytes = 1000): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const server = createServer((request: IncomingMessage, response) => {
    readBody(request, maxBytes).then(resolve, reject).finally(() => response.end());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const client = send((server.address() as AddressInfo).port);
  client.on('error', () => undefined);
  try {
    return await promise;
  } finally {
    client.destroy();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

function post(body: Buffer, headers: Record<string, string> = {}) {
  return (port: number): ReturnType<typeof httpRequest> => {
    const client = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers });
    client.end(body);
    return client;
  };
}

describe('readBody', () => {
  const text = Buffer.from('{"model":"gpt-5.5"}');

  it('reads plain and compressed bodies', async () => {
    assert.deepEqual(await roundTrip(post(text)), text);
    const encoded = { zstd: zstdCompressSync(text), gzip: gzipSync(text), br: brotliCompressSync(text), deflate: deflateSync(text) };
    for (const [encoding, body] of Object.entries(encoded)) assert.deepEqual(await roundTrip(post(body, { 'content-encoding': encoding })), text);
  });

  it('refuses a body over the limit: declared, undeclared, and after decompression', async () => {
    const big = Buffer.alloc(2000, 'x');
    const undeclared = (port: number): ReturnType<typeof httpRequest> => {
      const client = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
      client.write(big);
      return client;
    };
    for (const send of [post(big), undeclared, post(zstdCompressSync(big), { 'content-encoding': 'zstd' }), post(gzipSync(big), { 'content-encoding': 'gzip' })]) {
      await assert.rejects(roundTrip(send), { code: 'tooLarge' });
    }
  });

  it('names an unknown encoding and a body that does not decode', async () => {
    await assert.rejects(roundTrip(post(text, { 'content-encoding': 'lzma' })), { code: 'unsupported', message: /lzma/ });
    await assert.rejects(roundTrip(post(text, { 'content-encoding': 'zstd' })), { code: 'badRequest', message: /not valid zstd/ });
  });

  it('ends when the client leaves in the middle', async () => {
    const leaving = (port: number): ReturnType<typeof httpRequest> => {
      const client = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-length': '500' } });
      client.write('half', () => client.destroy());
      return client;
    };
    await assert.rejects(roundTrip(leaving), { code: 'cancelled' });
  });
});
