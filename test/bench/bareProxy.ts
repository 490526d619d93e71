import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

/** The baseline: the least a proxy can do. It forwards every header and a token of 1.5 KB, and streams both ways. */
const pool = new Pool(process.env['UPSTREAM'] ?? '', { connections: null, pipelining: 1, allowH2: false, keepAliveTimeout: 60_000 });
const token = `Bearer ${'t'.repeat(1500)}`;
const dropped = new Set(['host', 'connection', 'authorization', 'content-length', 'transfer-encoding']);

const server = createServer({ keepAliveTimeout: 75_000, noDelay: true }, (request, response) => {
  const headers = ['authorization', token];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] ?? '';
    if (!dropped.has(name.toLowerCase())) headers.push(name, request.rawHeaders[i + 1] ?? '');
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    pool.dispatch({ path: '/backend-api/codex/responses', method: 'POST', headers, body: Buffer.concat(chunks) }, {
      onRequestStart: (controller) => response.on('close', () => void (response.writableFinished || controller.abort(new Error('left')))),
      onResponseStart: (_controller, status, answer) => void response.writeHead(status, { 'content-type': String(answer['content-type']) }),
      onResponseData: (controller, chunk) => {
        if (response.write(chunk)) return;
        controller.pause();
        response.once('drain', () => controller.resume());
      },
      onResponseEnd: () => void response.end(),
      onResponseError: () => void response.destroy(),
    });
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
