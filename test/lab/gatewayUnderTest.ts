import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AccountId } from '../../src/contract/account.ts';
import { NetworkSettings } from '../../src/contract/host.ts';
import type { Clock } from '../../src/core/clock.ts';
import { systemClock } from '../../src/core/systemClock.ts';
import type { LabAccountOptions, LabOptions } from '../../src/lab/options.ts';
import { startLab, type Lab } from '../../src/lab/startLab.ts';
import { RpcClient } from '../../src/rpc/client.ts';
import { startService, type RunningService } from '../../src/service/startService.ts';

/** Built, as hosts run it: its binary lies beside it. */
const storeFile = resolve(import.meta.dirname, '../../dist/store.js');

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Harness {
  readonly lab: Lab;
  readonly rpc: RpcClient;
  readonly service: RunningService;
  /** `http://127.0.0.1:PORT` of the gateway. */
  readonly url: string;
  readonly key: string;
  readonly folder: string;
  accountId(label: string): Promise<AccountId>;
  /** POST /v1/responses with the key; `body` replaces parts of a plain streaming request. */
  ask(body?: Record<string, unknown>, headers?: Record<string, string>): Promise<Reply>;
  /** The same; lets the fake provider go on from where a fault holds it once the first bytes of the answer are here. */
  askAndRelease(): Promise<Reply>;
  trace(): string;
  /** Ends the service and starts it again on the same data. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

export const accountA: LabAccountOptions = { label: 'a', email: 'a@example.com', subject: 'auth0|a', chatgptAccountId: 'acc-a' };
export const accountB: LabAccountOptions = { label: 'b', email: 'b@example.com', subject: 'auth0|b', chatgptAccountId: 'acc-b' };

export interface HarnessExtras {
  readonly clock?: Clock;
  /** Usage is asked for by itself too, not only when a test asks. */
  readonly polling?: boolean;
  /** Of the fake provider; its accounts beside those that are imported. */
  readonly lab?: Partial<LabOptions>;
  readonly log?: (level: string, message: string) => void;
  /** What the engine takes for the provider's address; the lab's own when left out. */
  readonly provider?: string;
  readonly network?: Partial<NetworkSettings>;
}

/** The real service on a real database in a temporary folder, its accounts at the fake provider, in the order given. `$LAB` in a variable is the provider's address. */
export async function startHarness(accounts: readonly LabAccountOptions[], env: Record<string, string> = {}, { clock = systemClock, lab: labOptions, log = () => undefined, polling = false, provider, network = {} }: HarnessExtras = {}): Promise<Harness> {
  const folder = mkdtempSync(join(tmpdir(), 'codexmanager-gw-'));
  const lab = await startLab({ ...labOptions, accounts: [...accounts, ...labOptions?.accounts ?? []] });
  const variables = {
    CODEXMANAGER_SERVICE_ADDR: '127.0.0.1:0', CODEXMANAGER_UPSTREAM_BASE_URL: `${provider ?? lab.url}/backend-api/codex`, CODEXMANAGER_ISSUER: provider ?? lab.url, CODEXMANAGER_WAIT_BUDGET_MS: '0', CODEXMANAGER_DISABLE_POLLING: '1',
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace('$LAB', lab.url)])),
  };
  if (polling) delete (variables as Record<string, string>)['CODEXMANAGER_DISABLE_POLLING'];
  const begin = (): Promise<RunningService> => startService({
    clock, log, version: 'test',
    start: { type: 'start', dbPath: join(folder, 'codexmanager.db'), storeFile, env: variables, network: NetworkSettings.parse(network), rpcOnGatewayPort: false, codexHome: join(folder, 'codex'), secretDataKey: null },
  });
  let service = await begin().catch(async (thrown: unknown) => {
    await lab.dispose();
    rmSync(folder, { recursive: true, force: true });
    throw thrown;
  });
  let rpc = new RpcClient({ rpcUrl: service.ready.rpcUrl, token: service.ready.token });
  const contents = accounts.map(({ label }) => lab.authJson(label));
  if (contents.length > 0) await rpc.call('account/import', { contents });
  const { key } = await rpc.call('apikey/create', { name: 'test' });
  const ask = (body: Record<string, unknown>, headers: Record<string, string>, onFirst?: () => void): Promise<Reply> => {
    const text = JSON.stringify({ model: 'gpt-5.5', stream: true, store: false, input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] }], ...body });
    return send(`${service.ready.gateway.addresses[0]}/v1/responses`, { method: 'POST', body: text, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers }, ...(onFirst && { onFirst }) });
  };
  return {
    lab, folder, key,
    get rpc() { return rpc; },
    get service() { return service; },
    get url() { return service.ready.gateway.addresses[0] ?? ''; },
    async accountId(label) {
      const email = accounts.find((account) => account.label === label)?.email;
      const found = (await rpc.call('account/list')).items.find((account) => account.email === email);
      if (!found) throw new Error(`No account ${label} in the pool.`);
      return found.id;
    },
    ask: (body = {}, headers = {}) => ask(body, headers),
    askAndRelease: () => ask({}, {}, () => lab.release()),
    trace: () => readFileSync(join(folder, 'gateway-trace.log'), 'utf8'),
    async restart() {
      await service.stop();
      service = await begin();
      rpc = new RpcClient({ rpcUrl: service.ready.rpcUrl, token: service.ready.token });
    },
    async dispose() {
      await service.stop();
      await lab.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Sending {
  readonly method: string;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
  /** Called when the first bytes of the answer are here. */
  readonly onFirst?: () => void;
}

/** One HTTP exchange, read to its end. */
export function send(url: string, { method, body, headers = {}, onFirst }: Sending): Promise<Reply> {
  return new Promise((done, fail) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      if (onFirst) response.once('data', onFirst);
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }));
      response.on('error', fail);
    });
    request.on('error', fail);
    request.end(body);
  });
}

/** The text a Responses stream says. */
export function textOf(stream: string): string {
  return [...stream.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? '{}') as { type?: string; delta?: string })
    .filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta ?? '').join('');
}
