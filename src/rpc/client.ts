import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import * as z from 'zod/mini';
import { ErrorCode } from '../contract/fault.ts';
import { methods, type Method, type Params, type Result } from '../contract/rpc.ts';
import type { Disposable } from '../core/scope.ts';
import { AppError } from '../core/appError.ts';
import { fromFault } from './fault.ts';
import { readEvents, type OnEvent } from './readEvents.ts';

/** Where a leader listens, from its announcement. */
export interface Endpoint { readonly rpcUrl: string; readonly token: string }

const Envelope = z.object({
  result: z.optional(z.unknown()),
  error: z.optional(z.object({ message: z.string(), data: z.optional(z.object({ code: ErrorCode })) })),
});

/** Asks a leader. Everything it answers is parsed, because it may be of another version. */
export class RpcClient {
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** Rejects with the leader's AppError, or `internal` when it cannot be reached or understood. */
  async call<M extends Method>(method: M, params?: Params<M>): Promise<Result<M>> {
    const text = await this.#post(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
    const envelope = Envelope.safeParse(parse(text)).data;
    if (envelope?.error) throw fromFault({ code: envelope.error.data?.code ?? 'internal', message: envelope.error.message });
    const result = methods[method].result.safeParse(envelope?.result);
    if (!result.success) throw new AppError('internal', `CodexManager's engine answered ${method} in a form this version does not know. Restart the older of the two.`);
    return result.data as Result<M>;
  }

  /**
   * Hears events until disposed. `onClose` is called once, when the leader is gone, refuses (`status`) or cannot be reached (`status` null). `inParts`:
   * accounts come as `account/part`; an older leader still sends `account/changed`.
   */
  subscribe(onEvent: OnEvent, onClose: (status: number | null) => void, { inParts = false } = {}): Disposable {
    let over = false;
    const close = (status: number | null): void => {
      if (over) return;
      over = true;
      onClose(status);
    };
    const request = this.#send('GET', inParts ? '/rpc/events?accounts=parts' : '/rpc/events', (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        return close(response.statusCode ?? null);
      }
      readEvents(response, (event, payload) => {
        if (!over) onEvent(event, payload);
      });
      response.on('close', () => close(200));
    });
    request.on('error', () => close(null));
    request.end();
    return {
      dispose: () => {
        over = true;
        request.destroy();
      },
    };
  }

  #post(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = this.#send('POST', '/rpc', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => (response.statusCode === 200 ? resolve(Buffer.concat(chunks).toString()) : reject(new AppError('internal', `CodexManager's engine refused the call (${response.statusCode}).`))));
        response.on('error', () => reject(unreachable()));
      });
      request.on('error', () => reject(unreachable()));
      request.end(body);
    });
  }

  #send(method: string, path: string, onResponse: (response: IncomingMessage) => void): ClientRequest {
    const { rpcUrl, token } = this.#endpoint;
    return httpRequest(rpcUrl + path, { method, agent: false, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } }, onResponse);
  }
}

function unreachable(): AppError {
  return new AppError('internal', 'CodexManager\'s engine cannot be reached. It may be restarting; try again.');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
