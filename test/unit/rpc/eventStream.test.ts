import assert from 'node:assert/strict';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AccountId } from '../../../src/contract/account.ts';
import type { GatewayState } from '../../../src/contract/gatewayState.ts';
import { accountView } from '../../../src/core/accountStatus.ts';
import { EventStream } from '../../../src/rpc/eventStream.ts';
import { readEvents } from '../../../src/rpc/readEvents.ts';
import { manyAccount, manyAccounts } from '../../lab/manyAccounts.ts';

type Heard = readonly [event: string, payload: unknown];

describe('EventStream', () => {
  const all = manyAccounts(1_000);
  const byId = new Map(all.map((stored) => [stored.account.id, stored]));
  const gateway: GatewayState = { state: 'stopped', addresses: [], port: 1, message: null, paused: false };
  let server: Server;
  let events: EventStream;
  /** The engine's end of the last stream. */
  let sent: ServerResponse | undefined;
  beforeEach(async () => {
    events = new EventStream({ list: () => all, viewOf: (id) => { const stored = byId.get(id); return stored ? accountView(stored, 0) : null; } }, () => [{ event: 'gateway/changed', payload: gateway }]);
    server = createServer((incoming, response) => {
      sent = response;
      events.add(response, incoming.url === '/parts');
    });
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  });
  afterEach(async () => {
    events.dispose();
    await new Promise((done) => void server.close(done));
  });

  const listen = (path: string): Promise<IncomingMessage> => new Promise((done, fail) => {
    request({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, path, agent: false }, done).on('error', fail).end();
  });
  /** Hears everything; `until` resolves when something that was heard by then, or is heard later, fits. */
  const hear = (response: IncomingMessage): { heard: Heard[]; until: (fits: (heard: Heard) => boolean) => Promise<void> } => {
    const heard: Heard[] = [];
    let look = (): void => undefined;
    readEvents(response, (event, payload) => {
      heard.push([event, payload]);
      look();
    });
    return { heard, until: (fits) => new Promise((done) => { look = () => { if (heard.some(fits)) done(); }; look(); }) };
  };
  const stateOf = ([event, payload]: Heard): unknown => (event === 'gateway/changed' ? (payload as { state: string }).state : null);

  it('gives a new listener the accounts first and then the rest, whole or in parts', async () => {
    const whole = hear(await listen('/'));
    await whole.until(([event]) => event === 'gateway/changed');
    assert.deepEqual(whole.heard.map(([event]) => event), ['account/changed', 'gateway/changed']);
    assert.equal((whole.heard[0]?.[1] as unknown[]).length, all.length);
    const parts = hear(await listen('/parts'));
    await parts.until(([event, payload]) => event === 'account/part' && (payload as { last: boolean }).last);
    assert.equal(parts.heard.flatMap(([event, payload]) => (event === 'account/part' ? (payload as { accounts: unknown[] }).accounts : [])).length, all.length);
    assert.deepEqual([parts.heard[0]?.[0], parts.heard.filter(([event]) => event === 'gateway/changed').length], ['account/part', 1]);
  });

  it('keeps no backlog for a listener that does not read: it hears the last state of each', async () => {
    const response = await listen('/parts');
    response.pause();
    const ids = new Set<AccountId>(all.map(({ account }) => account.id));
    for (let i = 0; i < 400; i += 1) {
      events.accountsChanged(ids);
      await new Promise<void>((done) => void setImmediate(done));
    }
    for (let i = 0; i < 400; i += 1) {
      events.emit('gateway/changed', { ...gateway, message: 'x'.repeat(20_000) });
      await new Promise<void>((done) => void setImmediate(done));
    }
    events.emit('gateway/changed', { ...gateway, state: 'running' });
    const { heard, until } = hear(response);
    response.resume();
    await until((one) => stateOf(one) === 'running');
    for (const kept of ['gateway/changed', 'account/part']) assert.ok(heard.filter(([event]) => event === kept).length < 200, `${kept} was kept`);
  });

  it('tells states in the order they came in, also behind others that wait', async () => {
    const response = await listen('/');
    const { heard, until } = hear(response);
    for (const state of ['starting', 'running'] as const) events.emit('gateway/changed', { ...gateway, state });
    await until((one) => stateOf(one) === 'running');
    assert.equal(stateOf(heard.at(-1) ?? ['', null]), 'running');
  });

  it('tells what waited before what comes at the very moment there is room again', async () => {
    const response = await listen('/parts');
    const { heard, until } = hear(response);
    await until(([event, payload]) => event === 'account/part' && (payload as { last: boolean }).last);
    response.pause();
    sent?.once('drain', () => events.emit('gateway/changed', { ...gateway, state: 'running' }));
    while (!sent?.writableNeedDrain) {
      events.emit('gateway/changed', { ...gateway, message: 'x'.repeat(20_000) });
      await new Promise<void>((done) => void setImmediate(done));
    }
    events.emit('gateway/changed', { ...gateway, state: 'starting' });
    response.resume();
    await until((one) => stateOf(one) === 'running');
    events.emit('apikey/changed', []);
    await until(([event]) => event === 'apikey/changed');
    assert.equal(stateOf(heard.findLast((one) => one[0] === 'gateway/changed') ?? ['', null]), 'running');
  });

  it('merges requests that wait while the pool is written whole', async () => {
    const { heard, until } = hear(await listen('/'));
    const row = (id: number) => ({ id, keyId: null, accountId: null, requestPath: '/', method: 'GET', model: null, reasoningEffort: null, upstreamUrl: null, statusCode: 200, inputTokens: null, cachedInputTokens: null, outputTokens: null, totalTokens: null, reasoningOutputTokens: null, estimatedCostUsd: null, priceVersion: null, error: null, createdAt: 0, attempts: [], firstByteMs: null, durationMs: 1, traceId: '', route: null, client: null, dialect: null, modelServed: null, cacheWriteTokens: null, requestBytes: null, responseBytes: null, conversation: null });
    const rowsOf = ([event, payload]: Heard): number[] => (event === 'requestlog/added' ? (payload as { id: number }[]).map(({ id }) => id) : []);
    events.accountsChanged(new Set([manyAccount(0).account.id]));
    for (const id of [1, 2, 3]) events.emit('requestlog/added', [row(id)]);
    await until((one) => rowsOf(one).includes(3));
    assert.deepEqual(heard.flatMap(rowsOf), [1, 2, 3]);
  });

  it('ends every stream when it is disposed', async () => {
    const responses = [await listen('/'), await listen('/parts')];
    const ended = responses.map((response) => new Promise((done) => void response.resume().once('end', done)));
    events.dispose();
    await Promise.all(ended);
    assert.equal(events.idle, true);
  });
});
