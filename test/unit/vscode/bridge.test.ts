import assert from 'node:assert/strict';
import { pageEvents, type HostMessage, type PagePayload } from '../../../src/contract/panel.ts';
import type { RequestLogItem } from '../../../src/contract/requestLog.ts';
import type { Account } from '../../../src/contract/account.ts';
import type { OnEvent } from '../../../src/rpc/readEvents.ts';
import type { Mirror, Snapshot } from '../../../src/vscode/mirror.ts';
import { Bridge } from '../../../src/vscode/webviews/bridge.ts';
import { AccountNames } from '../../../src/vscode/webviews/accountNames.ts';
import { mostListed, poolDigest } from '../../../src/vscode/webviews/poolDigest.ts';
import { manyViews } from '../../lab/manyAccounts.ts';

const now = 1_800_000_000_000;

function requestOf(accountId: string | null, tried: readonly string[] = []): RequestLogItem {
  return {
    id: 1, keyId: null, accountId, requestPath: '/', method: 'POST', model: null, reasoningEffort: null, upstreamUrl: null, statusCode: 200, inputTokens: null, cachedInputTokens: null, outputTokens: null, totalTokens: null,
    reasoningOutputTokens: null, estimatedCostUsd: null, priceVersion: null, error: null, createdAt: 0, attempts: tried.map((id) => ({ accountId: id, status: 429, reason: 'x', ms: 1, at: 0, firstByteMs: null })), firstByteMs: null, durationMs: 1, traceId: '', route: null, client: null, dialect: null, modelServed: null, cacheWriteTokens: null, requestBytes: null, responseBytes: null, conversation: null,
  };
}

/** The mirror as a bridge sees it, moved by hand. */
class HandMirror {
  snapshot: Snapshot = { seat: { role: 'leader', leader: { rpcUrl: '', token: '', epoch: 1, contractVersion: 1, pid: 1 } }, accounts: null, keys: null, gateway: null, usage: null, route: null, settings: null, recent: [] };
  #change: (snapshot: Snapshot) => void = () => undefined;
  #event: OnEvent = () => undefined;
  readonly called: string[] = [];

  readonly onChange = (listener: (snapshot: Snapshot) => void) => {
    this.#change = listener;
    return { dispose: () => undefined };
  };

  readonly onEvent = (listener: OnEvent) => {
    this.#event = listener;
    return { dispose: () => undefined };
  };

  readonly call = (method: string): Promise<unknown> => {
    this.called.push(method);
    return Promise.resolve({ items: [requestOf('acc_0000000000000001', ['acc_0000000000000002'])] });
  };

  accounts(accounts: readonly Account[]): void {
    this.snapshot = { ...this.snapshot, accounts };
    this.#change(this.snapshot);
  }

  readonly event: OnEvent = (event, payload) => this.#event(event, payload);
}

describe('Bridge', () => {
  let mirror: HandMirror;
  let bridge: Bridge;
  let said: HostMessage[];
  let isVisible: boolean;
  let heard: () => void;
  let searches: string[];
  beforeEach(() => {
    mirror = new HandMirror();
    said = [];
    searches = [];
    isVisible = true;
    heard = () => undefined;
    bridge = new Bridge(mirror as unknown as Mirror, { isVisible: () => isVisible, copy: () => undefined, searched: (query) => { searches.push(query); }, post: (message) => { said.push(message); heard(); } });
  });
  afterEach(() => bridge.dispose());

  const until = (fits: () => boolean): Promise<void> => new Promise((done) => { heard = () => { if (fits()) done(); }; heard(); });
  const eventsOf = (): string[] => said.flatMap((message) => (message.type === 'event' ? [message.event] : []));
  const last = <E extends 'pool' | 'names'>(event: E): PagePayload<E> => {
    const message = said.findLast((one) => one.type === 'event' && one.event === event);
    return pageEvents[event].parse(message?.type === 'event' ? message.payload : null) as PagePayload<E>;
  };

  it('tells a page of ten thousand accounts only what it can show', async () => {
    mirror.accounts(manyViews(10_000));
    bridge.receive({ type: 'ready' });
    assert.deepEqual([last('pool').total, last('pool').accounts.length], [10_000, mostListed]);
    assert.ok(JSON.stringify(said).length < 200_000);
    mirror.event('account/part', { reset: false, accounts: manyViews(100), removed: [], last: true });
    mirror.event('account/changed', manyViews(10_000));
    mirror.accounts(manyViews(10_001));
    await until(() => last('pool').total === 10_001);
    assert.deepEqual(eventsOf(), ['pool', 'pool']);
  });

  it('does not let a page call for all accounts', async () => {
    bridge.receive({ type: 'call', id: 7, method: 'account/list' });
    await until(() => said.length > 0);
    assert.deepEqual([said[0]?.type, mirror.called], ['fault', []]);
  });

  it('tells names before the requests that need them, each once, and a new name when one changes', async () => {
    mirror.accounts(manyViews(4));
    bridge.receive({ type: 'ready' });
    bridge.receive({ type: 'call', id: 1, method: 'requestlog/list', params: { query: 'status:5xx' } });
    await until(() => said.at(-1)?.type === 'result');
    assert.deepEqual(searches, ['status:5xx']);
    assert.deepEqual(said.map(({ type }) => type), ['link', 'event', 'event', 'result']);
    assert.deepEqual(last('names'), { acc_0000000000000001: 'person-1@example.com', acc_0000000000000002: 'person-2@example.com' });
    mirror.event('requestlog/added', [requestOf('acc_0000000000000003'), requestOf('acc_0000000000000001')]);
    await until(() => eventsOf().includes('requestlog/added'));
    assert.deepEqual([last('names'), eventsOf().slice(-2)], [{ acc_0000000000000003: 'person-3@example.com' }, ['names', 'requestlog/added']]);
    mirror.accounts(manyViews(4).map((account, i) => (i === 3 ? { ...account, label: 'renamed' } : account)));
    await until(() => eventsOf().length === 6);
    assert.deepEqual(last('names'), { acc_0000000000000003: 'renamed' });
  });

  it('tells a page that begins anew all it needs again', async () => {
    mirror.accounts(manyViews(4));
    for (const begun of [1, 2]) {
      bridge.receive({ type: 'ready' });
      bridge.receive({ type: 'call', id: begun, method: 'requestlog/list', params: {} });
      await until(() => said.filter(({ type }) => type === 'result').length === begun);
    }
    assert.deepEqual(said.map(({ type }) => type), ['link', 'event', 'event', 'result', 'link', 'event', 'event', 'result']);
  });

  it('is silent until the page is ready, and keeps nothing for one that nobody sees', async () => {
    mirror.accounts(manyViews(1));
    assert.deepEqual(said, []);
    bridge.receive({ type: 'ready' });
    assert.deepEqual(said.map(({ type }) => type), ['link', 'event']);
    isVisible = false;
    mirror.event('requestlog/added', [requestOf(null)]);
    isVisible = true;
    bridge.receive({ type: 'ready' });
    mirror.event('apikey/changed', []);
    await until(() => eventsOf().includes('apikey/changed'));
    assert.deepEqual(eventsOf(), ['pool', 'pool', 'apikey/changed']);
  });
});

describe('AccountNames', () => {
  it('tells the name of an account that becomes known after its request', () => {
    const names = new AccountNames();
    assert.deepEqual(names.of([requestOf('acc_0000000000000000')], []), {});
    assert.deepEqual(names.changed(manyViews(2)), { acc_0000000000000000: 'person-0@example.com' });
    assert.deepEqual(names.changed(manyViews(2)), {});
  });
});

describe('poolDigest', () => {
  it('counts all, and lists those that wait for a person and then the first ones, in the pool\'s order', () => {
    const accounts = manyViews(mostListed + 10).map((account, i) => ({ ...account, status: i === mostListed + 5 ? 'needsLogin' as const : i === 0 ? 'disabled' as const : account.status }));
    const digest = poolDigest(accounts, now);
    assert.deepEqual([digest.total, digest.serving, digest.needing, Math.round(digest.left ?? 0), digest.next], [mostListed + 10, mostListed + 8, 1, 62, accounts[1]]);
    assert.deepEqual(digest.accounts, [...accounts.slice(0, mostListed - 1), accounts[mostListed + 5]]);
    assert.deepEqual(poolDigest(accounts.slice(0, 3), now).accounts, accounts.slice(0, 3));
    assert.deepEqual(poolDigest([], now), { total: 0, serving: 0, needing: 0, left: null, next: null, accounts: [] });
  });
});
