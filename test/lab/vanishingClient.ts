import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';

/** When a client goes away. */
export type Moment = 'while it sends' | 'right after it' | 'before headers' | 'in the preamble' | 'in the content' | 'while it reads slowly';

export interface Vanishing {
  readonly url: string;
  readonly key: string;
  readonly body: string;
  readonly moment: Moment;
  /** Resolves when the provider has got the request. */
  readonly arrived: () => Promise<void>;
  /** Turns of the event loop until it goes, once the moment has come. */
  readonly turns: number;
}

/** Sends a request and goes away at its moment, without a word. Resolves when it is gone. */
export async function vanish({ url, key, body, moment, arrived, turns }: Vanishing): Promise<void> {
  const request = httpRequest(`${url}/v1/responses`, {
    method: 'POST', agent: false, headers: { authorization: `Bearer ${key}`, 'content-length': Buffer.byteLength(body), ...(awaitsContinue(moment) && { expect: '100-continue' }) },
  });
  const closed = new Promise<void>((resolve) => request.once('close', resolve));
  request.on('error', () => undefined);
  await come(request, body, moment, arrived);
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  request.destroy();
  await closed;
}

/** By that it knows that the gateway has begun to read. */
function awaitsContinue(moment: Moment): boolean {
  return moment === 'while it sends' || moment === 'right after it';
}

async function come(request: ClientRequest, body: string, moment: Moment, arrived: () => Promise<void>): Promise<void> {
  switch (moment) {
    case 'while it sends':
    case 'right after it':
      request.flushHeaders();
      await new Promise((resolve) => request.once('continue', resolve));
      await new Promise((resolve) => request.write(moment === 'right after it' ? body : body.slice(0, body.length / 2), resolve));
      return;
    case 'before headers':
    case 'in the preamble':
      request.end(body);
      return arrived();
    case 'in the content':
    case 'while it reads slowly': {
      request.end(body);
      const response = await new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
      response.on('error', () => undefined);
      if (moment === 'in the content') await new Promise((resolve) => response.once('data', resolve));
    }
  }
}
