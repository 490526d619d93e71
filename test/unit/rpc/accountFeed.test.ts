import assert from 'node:assert/strict';
import type { AccountId } from '../../../src/contract/account.ts';
import { events, mostPerPart, type AccountPart } from '../../../src/contract/rpc.ts';
import { accountView } from '../../../src/core/accountStatus.ts';
import type { StoredAccount } from '../../../src/core/records.ts';
import { PartFeed, WholeFeed, type AccountSource } from '../../../src/rpc/accountFeed.ts';
import { manyAccount, manyAccounts } from '../../lab/manyAccounts.ts';

class Source implements AccountSource {
  readonly all: Map<AccountId, StoredAccount>;

  constructor(count: number) {
    this.all = new Map(manyAccounts(count).map((stored) => [stored.account.id, stored]));
  }

  list(): readonly StoredAccount[] {
    return [...this.all.values()];
  }

  viewOf(id: AccountId): ReturnType<AccountSource['viewOf']> {
    const stored = this.all.get(id);
    return stored ? accountView(stored, 0) : null;
  }

  rename(i: number, label: string): AccountId {
    const stored = manyAccount(i, { label });
    this.all.set(stored.account.id, stored);
    return stored.account.id;
  }

  remove(i: number): AccountId {
    const { id } = manyAccount(i).account;
    this.all.delete(id);
    return id;
  }
}

describe('PartFeed', () => {
  const partOf = (text: string | null): AccountPart | null => (text === null ? null : events['account/part'].parse(JSON.parse(/^event: account\/part\ndata: (.*)\n\n$/.exec(text)?.[1] ?? '')));
  const rest = (feed: PartFeed): AccountPart[] => {
    const parts: AccountPart[] = [];
    for (let part = partOf(feed.next()); part; part = partOf(feed.next())) parts.push(part);
    return parts;
  };

  it('tells the pool once, in parts that begin anew with the first and are whole with the last', () => {
    const parts = rest(new PartFeed(new Source(2 * mostPerPart + 1)));
    assert.deepEqual(parts.map(({ reset, last, accounts, removed }) => [reset, last, accounts.length, removed.length]), [[true, false, mostPerPart, 0], [false, false, mostPerPart, 0], [false, true, 1, 0]]);
    assert.equal(new Set(parts.flatMap(({ accounts }) => accounts.map(({ id }) => id))).size, 2 * mostPerPart + 1);
    assert.deepEqual(rest(new PartFeed(new Source(mostPerPart))).map(({ reset, last }) => [reset, last]), [[true, true]]);
  });

  it('tells an empty pool too', () => {
    assert.deepEqual(rest(new PartFeed(new Source(0))), [{ reset: true, accounts: [], removed: [], last: true }]);
  });

  it('then tells only who changed, once and as they are when they are told, and who is gone', () => {
    const source = new Source(3);
    const feed = new PartFeed(source);
    rest(feed);
    assert.equal(feed.next(), null);
    feed.changed(new Set([source.rename(1, 'first')]));
    feed.changed(new Set([source.rename(1, 'second'), source.remove(2)]));
    const [part, ...others] = rest(feed);
    assert.deepEqual([part?.reset, part?.last, part?.accounts.map(({ label }) => label), part?.removed], [false, true, ['second'], [manyAccount(2).account.id]]);
    assert.deepEqual(others, []);
  });

  it('tells many changes in parts too, each whole by itself', () => {
    const source = new Source(2 * mostPerPart);
    const feed = new PartFeed(source);
    rest(feed);
    feed.changed(new Set(source.list().map(({ account }) => account.id)));
    assert.deepEqual(rest(feed).map(({ reset, last, accounts }) => [reset, last, accounts.length]), [[false, true, mostPerPart], [false, true, mostPerPart]]);
  });

  it('leaves nobody out who changes, comes or goes while the pool is told', () => {
    const source = new Source(3 * mostPerPart);
    const feed = new PartFeed(source);
    const heard = new Map<AccountId, string>();
    const changes = [() => source.rename(0, 'told already'), () => source.rename(3 * mostPerPart - 1, 'not told yet'), () => source.remove(1), () => source.remove(2 * mostPerPart), () => source.rename(3 * mostPerPart, 'new')];
    for (let part = partOf(feed.next()); part; part = partOf(feed.next())) {
      for (const { id, label } of part.accounts) heard.set(id, label);
      for (const id of part.removed) heard.delete(id);
      const change = changes.shift();
      if (change) feed.changed(new Set([change()]));
    }
    assert.deepEqual(heard, new Map(source.list().map(({ account }) => [account.id, account.label])));
  });
});

describe('WholeFeed', () => {
  const read = (feed: WholeFeed): { labels: string[]; slices: number } => {
    let [text, slices] = ['', 0];
    for (let next = feed.next(); next !== null; next = feed.isOpen ? feed.next() : null) {
      text += next;
      slices += 1;
    }
    const data = /^event: account\/changed\ndata: (.*)\n\n$/.exec(text)?.[1] ?? '';
    return { labels: events['account/changed'].parse(JSON.parse(data)).map(({ label }) => label), slices };
  };

  it('writes the pool in its order as one event, a slice at a time', () => {
    const source = new Source(2 * mostPerPart + 1);
    const feed = new WholeFeed(source, () => undefined);
    const { labels, slices } = read(feed);
    assert.deepEqual([labels, slices], [source.list().map(({ account }) => account.label), 3]);
    feed.end();
    assert.deepEqual(read(new WholeFeed(new Source(0), () => undefined)), { labels: [], slices: 1 });
  });

  it('stays readable when accounts go while it is written', () => {
    const all = new Source(2 * mostPerPart);
    const middle = manyAccount(mostPerPart).account.id;
    for (const isGone of [(id: AccountId) => id < middle, (id: AccountId) => id >= middle]) {
      const feed = new WholeFeed({ list: () => all.list(), viewOf: (id) => (isGone(id) ? null : all.viewOf(id)) }, () => undefined);
      assert.equal(read(feed).labels.length, mostPerPart);
      feed.end();
    }
  });

  it('rests after each event, and then tells a change that came meanwhile', async () => {
    const source = new Source(1);
    const { promise, resolve } = Promise.withResolvers<void>();
    const feed = new WholeFeed(source, resolve);
    read(feed);
    feed.changed();
    assert.equal(feed.next(), null);
    source.rename(0, 'changed');
    await promise;
    assert.deepEqual(read(feed).labels, ['changed']);
    feed.end();
  });
});
