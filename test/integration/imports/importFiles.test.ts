import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';
import { accountsOf, authFile, authText, counts, importAll, readImport, wipe } from './importing.ts';

describe('files and folders of an import', () => {
  let harness: Harness;
  let folder: string;
  before(async () => { harness = await startHarness([]); });
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'codexmanager-files-')); });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await wipe(harness.rpc);
  });
  after(() => harness.dispose());

  const put = (path: string, content: string | Buffer): string => {
    const whole = join(folder, path);
    mkdirSync(join(whole, '..'), { recursive: true });
    writeFileSync(whole, content);
    return whole;
  };
  const emails = async (): Promise<(string | null)[]> => (await accountsOf(harness.rpc)).map(({ email }) => email);

  it('reads a folder with all that is in it, in the order of names, and says what it could not read and why', async () => {
    put('b.json', authText('b'));
    put('a.jsonl', `${authText('a1')}\n${authText('a2')}`);
    put('deep/er/c.ndjson', authText('c'));
    put('d.TXT', authText('d'));
    put('notes.md', authText('not-an-account-file'));
    put('.hidden.json', authText('hidden'));
    put('.git/e.json', authText('hidden-too'));
    put('broken.json', '{"tokens":{"access_token":');
    put('empty.json', '');
    symlinkSync(join(folder, 'nowhere'), join(folder, 'gone.json'));
    symlinkSync(folder, join(folder, 'deep', 'loop'));
    symlinkSync(join(folder, 'b.json'), join(folder, 'linked.json'));
    const done = await importAll(harness.rpc, { paths: [folder] });
    assert.deepEqual([done.state, ...counts(done), done.files, done.filesRead], ['done', 9, 5, 0, 1, 3, 8, 8]);
    assert.deepEqual(await emails(), ['a1', 'a2', 'b', 'd', 'c'].map((name) => `${name}@example.com`));
    assert.deepEqual(done.errors.map(({ file, position, reason }) => [file?.slice(folder.length + 1), position, reason]), [
      ['broken.json', '1:1', 'the JSON object is not closed: the text is cut off'], ['empty.json', '1:1', 'the text is empty'], ['gone.json', null, 'there is no such file or folder'],
    ]);
    assert.equal(done.errors[2]?.message, `${join(folder, 'gone.json')}: there is no such file or folder`);
  });

  it('takes what is named, whatever its name', async () => {
    const done = await importAll(harness.rpc, { paths: [put('.codex/auth.json', authText('codex')), put('export.bak', authText('bak')), join(folder, 'missing.json'), 'relative.json'] });
    assert.deepEqual(counts(done), [4, 2, 0, 0, 2]);
    assert.deepEqual(done.errors.map(({ reason }) => reason), ['there is no such file or folder', 'this is not an absolute path']);
    assert.deepEqual(await emails(), ['codex@example.com', 'bak@example.com']);
  });

  it('reads what Windows writes', async () => {
    await importAll(harness.rpc, { paths: [put('utf16.json', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(authText('wide'), 'utf16le')])), put('marked.json', `\ufeff${authText('marked')}`.replaceAll(',', ',\r\n'))] });
    assert.deepEqual(await emails(), ['wide@example.com', 'marked@example.com']);
  });

  it('refuses a file of more than 32 MiB without reading it', async () => {
    const huge = put('huge.json', authText('huge'));
    truncateSync(huge, 33_554_433);
    const ready = await readImport(harness.rpc, { paths: [huge, put('small.json', authText('small'))] });
    assert.deepEqual([ready.state, ...counts(ready), ready.errors[0]?.reason], ['ready', 2, 1, 0, 0, 1, 'the file is larger than 32 MiB; split it']);
  });

  it('takes files, texts and folders together', async () => {
    const done = await importAll(harness.rpc, { paths: [put('f/one.json', authText('one')), join(folder, 'f')], sources: [{ name: 'clipboard', text: authText('two') }] });
    assert.deepEqual(counts(done), [3, 2, 0, 1, 0]);
  });

  /** Of the service's own thread, in ms: whoever has a stream on it waits so long. */
  async function gapsWhile(work: () => Promise<void>): Promise<number[]> {
    const gaps: number[] = [];
    let over = false;
    let last = performance.now();
    const beat = (): void => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (!over) setImmediate(beat);
    };
    setImmediate(beat);
    await work();
    over = true;
    return gaps.sort((a, b) => b - a);
  }

  for (const [name, spread] of [['one file', false], ['ten thousand files', true]] as const) {
    it(`imports ten thousand accounts out of ${name} in seconds, and lets others work meanwhile`, async function () {
      this.timeout(300_000);
      const padding = 'x'.repeat(spread ? 900 : 300);
      const texts = Array.from({ length: 10_000 }, (_, index) => authText(`n${index}`, { padding }));
      if (spread) for (const [index, text] of texts.entries()) put(`${index % 100}/${index}.json`, text);
      else put('all.json', `[${texts.join(',\n')}]`);
      const startedAt = performance.now();
      const gaps = await gapsWhile(async () => {
        const ready = await readImport(harness.rpc, { paths: [folder] });
        assert.deepEqual(counts(ready), [10_000, 10_000, 0, 0, 0]);
        assert.equal(ready.preview.length, 500);
        const { importId } = await harness.rpc.call('account/import/commit', { importId: ready.importId });
        let status = await harness.rpc.call('account/import/status', { importId, waitMs: 0 });
        let told = 0;
        while (status.state === 'storing') {
          told += 1;
          status = await harness.rpc.call('account/import/status', { importId, seenRevision: status.revision, waitMs: 30_000 });
        }
        assert.deepEqual([status.state, status.created, status.done], ['done', 10_000, 10_000]);
        assert.ok(told > 2, 'progress is told');
      });
      const seconds = (performance.now() - startedAt) / 1000;
      const at = (part: number): string => (gaps[Math.floor(gaps.length * part)] ?? 0).toFixed(1);
      console.log(`      10,000 accounts out of ${name}: ${seconds.toFixed(1)} s; event loop of the engine: p99 ${at(0.01)} ms, p99.9 ${at(0.001)} ms, longest ${(gaps[0] ?? 0).toFixed(1)} ms`);
      assert.ok(seconds < 100, `${seconds} s`);
      assert.equal(new Set((await accountsOf(harness.rpc)).map(({ sort }) => sort)).size, 10_000);
    });
  }

  it('sees at once who is there already among ten thousand', async function () {
    this.timeout(120_000);
    const all = (exp: number): string => JSON.stringify(Array.from({ length: 2_000 }, (_, index) => authFile(`n${index}`, { exp, refreshToken: `rt_${exp}_${index}` })));
    put('a.json', all(2_000_000_000));
    await importAll(harness.rpc, { paths: [join(folder, 'a.json')] });
    assert.deepEqual(counts(await importAll(harness.rpc, { paths: [join(folder, 'a.json')] })), [2_000, 0, 0, 2_000, 0]);
    put('b.json', all(2_000_000_001));
    assert.deepEqual(counts(await importAll(harness.rpc, { paths: [join(folder, 'b.json')] })), [2_000, 0, 2_000, 0, 0]);
    assert.equal((await accountsOf(harness.rpc)).length, 2_000);
  });
});
