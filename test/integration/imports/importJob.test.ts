import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountA, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';
import { ManualClock } from '../../lab/manualClock.ts';
import { accountsOf, authFile, authText, counts, follow, importAll, readImport, storeImport, textSource, wipe } from './importing.ts';

describe('an import', () => {
  let harness: Harness;
  before(async () => { harness = await startHarness([]); });
  afterEach(() => wipe(harness.rpc));
  after(() => harness.dispose());

  const labels = async (): Promise<string[]> => (await accountsOf(harness.rpc)).map(({ label }) => label);

  it('shows what would happen and stores nothing before it is told to', async () => {
    await importAll(harness.rpc, textSource(authText('known')));
    const ready = await readImport(harness.rpc, { ...textSource(`${authText('known')}\n${authText('new')}`, authText('known', { exp: 2_000_000_100, refreshToken: 'rt_next_planted' }), 'nonsense'), groupName: ' Work ' });
    assert.deepEqual([ready.state, ...counts(ready), ready.done], ['ready', 4, 1, 1, 1, 1, 0]);
    assert.deepEqual(ready.preview.map(({ label, email, plan, groupName, file, action, reason }) => [label, email, plan, groupName, file, action, reason]), [
      ['known@example.com', 'known@example.com', 'plus', 'IMPORT', 'text 1', 'skip', 'it is there already, unchanged'],
      ['new@example.com', 'new@example.com', 'plus', 'Work', 'text 1', 'create', null],
      ['known@example.com', 'known@example.com', 'plus', 'IMPORT', 'text 2', 'update', null],
    ]);
    assert.deepEqual(ready.errors, [{ index: 4, message: 'text 3, 1:1: a JSON object was expected', file: 'text 3', position: '1:1', reason: 'a JSON object was expected' }]);
    assert.deepEqual(await labels(), ['known@example.com']);
    const done = await storeImport(harness.rpc, ready.importId);
    assert.deepEqual([done.state, ...counts(done), done.done, done.preview.length], ['done', 4, 1, 1, 1, 1, 4, 0]);
    assert.deepEqual(await labels(), ['known@example.com', 'new@example.com']);
    assert.deepEqual((await accountsOf(harness.rpc)).map(({ groupName }) => groupName), ['IMPORT', 'Work']);
  });

  it('names the account when there was only one, also when nothing about it changed', async () => {
    const { accountId } = await importAll(harness.rpc, textSource(authText('only')));
    assert.equal(accountId, (await accountsOf(harness.rpc))[0]?.id);
    assert.equal((await importAll(harness.rpc, textSource(authText('only')))).accountId, accountId);
    assert.equal((await importAll(harness.rpc, textSource(authText('x'), authText('y')))).accountId, null);
  });

  it('is stored durably', async () => {
    await importAll(harness.rpc, textSource(authText('kept')));
    await harness.restart();
    assert.deepEqual(await labels(), ['kept@example.com']);
  });

  it('plans anew when it is stored, because the pool may have changed meanwhile', async () => {
    await importAll(harness.rpc, textSource(authText('one')));
    const ready = await readImport(harness.rpc, textSource(authText('one'), authText('two')));
    assert.deepEqual(counts(ready), [2, 1, 0, 1, 0]);
    await wipe(harness.rpc);
    await importAll(harness.rpc, textSource(authText('two')));
    assert.deepEqual(counts(await storeImport(harness.rpc, ready.importId)), [2, 1, 0, 1, 0]);
    assert.deepEqual(await labels(), ['two@example.com', 'one@example.com']);
  });

  it('can be cancelled while it stores: what is stored stays, and the counts say it', async () => {
    const ready = await readImport(harness.rpc, textSource(JSON.stringify(Array.from({ length: 3_000 }, (_, index) => authFile(`many${index}`)))));
    const { importId } = await harness.rpc.call('account/import/commit', { importId: ready.importId });
    const cancelled = await harness.rpc.call('account/import/cancel', { importId });
    assert.equal(cancelled.state, 'cancelled');
    assert.ok(cancelled.done > 0 && cancelled.done < 3_000 && cancelled.done % 100 === 0, String(cancelled.done));
    assert.deepEqual([cancelled.total, cancelled.created], [3_000, cancelled.done]);
    assert.equal((await accountsOf(harness.rpc)).length, cancelled.done);
    await harness.restart();
    assert.equal((await accountsOf(harness.rpc)).length, cancelled.done);
  });

  it('can be cancelled before, and while it reads', async () => {
    const ready = await readImport(harness.rpc, textSource(authText('never')));
    const given = await harness.rpc.call('account/import/cancel', { importId: ready.importId });
    assert.deepEqual([given.state, given.preview], ['cancelled', []]);
    await assert.rejects(harness.rpc.call('account/import/commit', { importId: ready.importId }), { code: 'conflict', message: /over/ });
    const begun = await harness.rpc.call('account/import/start', textSource(JSON.stringify(Array.from({ length: 3_000 }, () => authFile('never')))));
    await assert.rejects(harness.rpc.call('account/import/commit', { importId: begun.importId }), { code: 'conflict', message: /still being read/ });
    const cancelled = await harness.rpc.call('account/import/cancel', { importId: begun.importId });
    assert.equal(cancelled.state, 'cancelled');
    assert.ok(cancelled.total < 3_000);
    assert.deepEqual(await labels(), []);
  });

  it('answers who waits as soon as there is news, at once when there is some already, and after its time when there is none', async () => {
    const ready = await readImport(harness.rpc, textSource(authText('news')));
    const seen = { importId: ready.importId, seenRevision: ready.revision };
    assert.equal((await harness.rpc.call('account/import/status', { ...seen, seenRevision: ready.revision - 1, waitMs: 30_000 })).revision, ready.revision);
    assert.equal((await harness.rpc.call('account/import/status', { ...seen, waitMs: 1 })).revision, ready.revision);
    const waiting = harness.rpc.call('account/import/status', { ...seen, waitMs: 30_000 });
    const storing = await harness.rpc.call('account/import/commit', { importId: ready.importId });
    assert.ok((await waiting).revision > ready.revision);
    await follow(harness.rpc, storing, 'storing');
  });

  it('keeps the order of the file, after what is there', async () => {
    await importAll(harness.rpc, textSource(authText('first')));
    await importAll(harness.rpc, textSource(authText('z'), authText('a'), authText('m')));
    assert.deepEqual((await accountsOf(harness.rpc)).map(({ email, sort }) => [email?.[0], sort]), [['f', 0], ['z', 1], ['a', 2], ['m', 3]]);
  });

  it('needs something to import, and an import that exists', async () => {
    await assert.rejects(harness.rpc.call('account/import/start', {}), { code: 'badRequest', message: /nothing to import/ });
    await assert.rejects(harness.rpc.call('account/import/status', { importId: 'imp_unknown' }), { code: 'notFound' });
  });

  it('lists the first two hundred failures and counts all', async () => {
    const ready = await readImport(harness.rpc, textSource(`${'{"tokens":{}}\n'.repeat(250)}${authText('good')}`));
    assert.deepEqual([ready.errors.length, ...counts(ready)], [200, 251, 1, 0, 0, 250]);
    assert.equal(ready.errors[199]?.message, 'text 1, 200:1: missing field: tokens.access_token');
    const whole = await harness.rpc.call('account/import', { content: '{"tokens":{}}\n'.repeat(250) });
    assert.deepEqual([whole.errors.length, whole.failed, whole.total], [50, 250, 250]);
  });

  it('in the original\'s one call passes over what is blank or no text', async () => {
    assert.deepEqual(await harness.rpc.call('account/import', { contents: ['  ', 5, null], content: '' }), { total: 0, created: 0, updated: 0, skipped: 0, failed: 0, errors: [] });
    assert.deepEqual(await harness.rpc.call('account/import', { content: authText('single') }), { total: 1, created: 1, updated: 0, skipped: 0, failed: 0, errors: [] });
  });
});

describe('imports nobody finishes', () => {
  let harness: Harness;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock();
    harness = await startHarness([], {}, { clock });
  });
  afterEach(() => harness.dispose());

  it('are at most eight', async () => {
    const open = await Promise.all(Array.from({ length: 8 }, () => readImport(harness.rpc, textSource(authText('x')))));
    await assert.rejects(harness.rpc.call('account/import/start', textSource(authText('y'))), { code: 'conflict', message: /8 imports are open/ });
    const calls = await Promise.all(Array.from({ length: 10 }, (_, index) => harness.rpc.call('account/import', { content: authText(`call${index}`) })));
    assert.ok(calls.every(({ created }) => created === 1), 'the original\'s one call is not among them');
    await harness.rpc.call('account/import/cancel', { importId: open[0]?.importId ?? '' });
    assert.equal((await readImport(harness.rpc, textSource(authText('y')))).state, 'ready');
  });

  it('are dropped a quarter of an hour after anybody last asked about them', async () => {
    const [left, asked] = [await readImport(harness.rpc, textSource(authText('left'))), await readImport(harness.rpc, textSource(authText('asked')))];
    await clock.untilSleeping(900_000);
    clock.pass(600_000);
    await harness.rpc.call('account/import/status', { importId: asked.importId });
    clock.pass(300_000);
    await assert.rejects(harness.rpc.call('account/import/status', { importId: left.importId }), { code: 'notFound', message: /start it again/ });
    assert.equal((await harness.rpc.call('account/import/status', { importId: asked.importId })).state, 'ready');
  });

  it('end with the engine', async () => {
    await readImport(harness.rpc, textSource(authText('x')));
    const begun = await harness.rpc.call('account/import/start', textSource(JSON.stringify(Array.from({ length: 2_000 }, (_, index) => authFile(`m${index}`)))));
    assert.equal(begun.state, 'reading');
    await harness.restart();
    await assert.rejects(harness.rpc.call('account/import/status', { importId: begun.importId }), { code: 'notFound' });
    assert.deepEqual(await accountsOf(harness.rpc), []);
  });
});

describe('an import beside a renewal', () => {
  let harness: Harness;
  before(async () => { harness = await startHarness([accountA]); });
  after(() => harness.dispose());

  it('waits for it, so that the renewed login is not overwritten with the one before', async () => {
    const { lab, rpc } = harness;
    const accountId = await harness.accountId('a');
    const { paths } = await rpc.call('account/export', { file: join(harness.folder, 'before.json') });
    const [before] = JSON.parse(readFileSync(paths[0] ?? '', 'utf8')) as object[];
    const ready = await readImport(rpc, textSource(JSON.stringify({ ...before, OPENAI_API_KEY: 'sk-new' })));
    assert.deepEqual(counts(ready), [1, 0, 1, 0, 0]);
    lab.refreshes('a').hold = 'answer';
    const renewal = rpc.call('account/tokens/refresh', { accountId });
    await lab.until(() => lab.refreshes('a').rotated === 1);
    const storing = await rpc.call('account/import/commit', { importId: ready.importId });
    const held = await rpc.call('account/import/status', { importId: ready.importId, seenRevision: storing.revision, waitMs: 300 });
    assert.deepEqual([held.state, held.done], ['storing', 0]);
    const other = await readImport(rpc, textSource(JSON.stringify({ ...before, OPENAI_API_KEY: 'sk-other' })));
    await rpc.call('account/import/commit', { importId: other.importId });
    const cancelled = await rpc.call('account/import/cancel', { importId: other.importId });
    assert.deepEqual([cancelled.state, cancelled.done], ['cancelled', 0], 'who cancels does not wait for it');
    lab.refreshes('a').hold = null;
    lab.release();
    await renewal;
    assert.deepEqual(counts(await follow(rpc, held, 'storing')), [1, 0, 1, 0, 0]);
    await rpc.call('account/tokens/refresh', { accountId });
    assert.deepEqual([lab.refreshes('a').rotated, lab.refreshes('a').ended], [2, 0], 'it holds the token of the renewal');
  });
});
