import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod/mini';

const Report = z.object({ node: z.string(), pid: z.number(), error: z.optional(z.string()), result: z.optional(z.unknown()) });
export type Report = z.infer<typeof Report>;

/** Where the companion extension posts what came of its scenario. */
export interface Reports {
  readonly url: string;
  readonly first: Promise<Report>;
  close(): void;
}

export async function listenForReport(): Promise<Reports> {
  const { promise, resolve, reject } = Promise.withResolvers<Report>();
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      resolve(Report.parse(JSON.parse(body.toString())));
      response.end();
    }, reject);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  return { url: `http://127.0.0.1:${address.port}`, first: promise, close: () => void server.close() };
}
