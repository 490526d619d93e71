import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseImport } from '../../../src/core/importAccounts.ts';
import { startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';
import { accountsOf, authFile, importAll, textSource, wipe } from './importing.ts';

const names = ['a', 'b', 'c', 'd'];
const login = fc.record({ name: fc.constantFrom(...names), exp: fc.integer({ min: 1_900_000_000, max: 1_900_000_005 }) })
  .map(({ name, exp }) => authFile(name, { exp, refreshToken: `rt_${name}_${exp}` }));
/** The same login, as other programs write it. */
const dressed = fc.tuple(login, fc.constantFrom<(file: Record<string, unknown>) => unknown>(
  (file) => file, (file) => file['tokens'], (file) => [file], (file) => [[file], null, 'x'], (file) => ({ accounts: [file] }), (file) => ({ code: 0, data: { proxies: [{ a: {} }], accounts: [file, 7] }, more: {} }),
  (file) => ({ platform: 'openai', credentials: file['tokens'] }), (file) => ({ codexAuthJson: file, tokens: { accessToken: 'of another form' } }), (file) => ({ tokens: null, ...file['tokens'] as object, type: 'codex' }),
)).map(([file, dress]) => JSON.stringify(dress(file)));
const rubbish = fc.oneof(fc.string(), fc.json(), fc.constantFrom('{', '[', ']', '}', '"', '{"accounts":[', '{"data":{"accounts":[{}', 'at-', '{"tokens":{"access_token":"', '\\"', '\ufeff'));
const text = fc.array(fc.oneof({ weight: 3, arbitrary: dressed }, rubbish), { maxLength: 8 }).map((parts) => parts.join('\n'));
/** Cut anywhere. */
const cut = fc.tuple(text, fc.nat()).map(([whole, at]) => whole.slice(0, at % (whole.length + 1)));

describe('an import of any text', function () {
  this.timeout(120_000);
  let harness: Harness;
  before(async () => { harness = await startHarness([]); });
  after(() => harness.dispose());

  it('adds up, and leaves in the pool just what could be read', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(text, cut), { minLength: 1, maxLength: 3 }), async (texts) => {
      const items = texts.flatMap((one) => parseImport(one)).filter((item) => item.ok || !item.personalToken);
      const model = new Map<string, { exp: number; refresh: string | null }>();
      const expected = { created: 0, updated: 0, skipped: 0, failed: 0 };
      for (const item of items) {
        const known = item.ok ? model.get(item.subject) : undefined;
        if (!item.ok) expected.failed += 1;
        else if (!known) expected.created += 1;
        else if ((item.tokens.accessExpiresAt ?? 0) > known.exp) expected.updated += 1;
        else expected.skipped += 1;
        if (item.ok && (!known || (item.tokens.accessExpiresAt ?? 0) > known.exp)) model.set(item.subject, { exp: item.tokens.accessExpiresAt ?? 0, refresh: item.tokens.refreshToken });
      }
      const done = await importAll(harness.rpc, textSource(...texts));
      const { created, updated, skipped, failed } = done;
      assert.equal(done.state, 'done', done.message ?? '');
      assert.deepEqual({ created, updated, skipped, failed }, expected);
      assert.equal(done.total, created + updated + skipped + failed);
      const pool = new Map((await accountsOf(harness.rpc)).map(({ email, tokenExpiresAt }) => [`auth0|${email?.[0]}`, tokenExpiresAt]));
      assert.deepEqual(pool, new Map([...model].map(([subject, { exp }]) => [subject, exp])));
      await wipe(harness.rpc);
    }), { numRuns: 60 });
  });

  it('finds every login, however its text is dressed and whatever stands around it on other lines', () => {
    fc.assert(fc.property(fc.array(dressed, { minLength: 1, maxLength: 6 }), (parts) => {
      const lines = parts.flatMap((part) => ['nonsense', part]);
      assert.equal(parseImport(lines.join('\n')).filter(({ ok }) => ok).length, parts.length);
    }), { numRuns: 300 });
  });

  it('never throws, and tells where and why', () => {
    fc.assert(fc.property(fc.oneof(text, cut, rubbish), (content) => {
      for (const item of parseImport(content)) if (!item.ok) assert.match(`${item.position} ${item.reason}`, /^\d+:\d+ \S/);
    }), { numRuns: 2_000 });
  });
});
