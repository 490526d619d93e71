import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Disposable } from '../core/scope.ts';
import { rpcRoutes, type RpcRoutesDeps } from './rpcRoutes.ts';

export interface RpcServer extends Disposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
}

/** The control plane's own listener: loopback, a free port, the token of this leader. */
export async function startRpcServer(deps: RpcRoutesDeps): Promise<RpcServer> {
  const routes = rpcRoutes(deps);
  const server = createServer({ noDelay: true, requestTimeout: 0 }, (request, response) => {
    if (routes(request, response)) return;
    if (request.url === '/health') response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    dispose: () => new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
