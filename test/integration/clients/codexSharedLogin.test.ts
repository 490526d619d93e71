import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCodex } from '../../clients/codex.ts';
import { accountA, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';

describe('a login that real Codex CLI and the pool share', function () {
  this.timeout(120_000);
  let harness: Harness;
  afterEach(() => harness.dispose());

  const codexHome = (): string => join(harness.folder, 'codex');
  const fileToken = (): string => (JSON.parse(readFileSync(join(codexHome(), 'auth.json'), 'utf8')) as { tokens: { refresh_token: string } }).tokens.refresh_token;

  /** Codex CLI asks the provider itself, with the login of its file. */
  async function codexByItself(): Promise<string> {
    const { url } = harness.lab;
    const provider = `model_providers.direct={name="direct",base_url="${url}/backend-api/codex",requires_openai_auth=true}`;
    const run = await runCodex({ baseUrl: url, apiKey: 'unused', prompt: 'hello', codexHome: codexHome(), settings: [provider, 'model_provider=direct'], env: { CODEX_REFRESH_TOKEN_URL_OVERRIDE: `${url}/oauth/token` } });
    return run.stdout.trim() || run.stderr;
  }

  it('works for both, whoever renews it', async () => {
    harness = await startHarness([], {}, { lab: { accounts: [accountA] } });
    const { lab, rpc } = harness;
    const text = lab.authJson('a');
    mkdirSync(codexHome());
    writeFileSync(join(codexHome(), 'auth.json'), text);
    await rpc.call('account/import', { contents: [text] });
    const accountId = await rpc.call('account/list').then(({ items }) => items[0]?.id);
    assert.ok(accountId);
    await rpc.call('account/update', { accountId, codexShared: true });

    lab.expireAccess('a');
    await rpc.call('account/tokens/refresh', { accountId });
    assert.equal(await codexByItself(), 'Hello from a.', 'with the tokens that we wrote into its file');
    assert.equal(lab.refreshes('a').asked, 1);

    const ours = fileToken();
    lab.expireAccess('a');
    assert.equal(await codexByItself(), 'Hello from a.', 'with tokens that it renewed itself');
    assert.equal(lab.refreshes('a').asked, 2);
    assert.notEqual(fileToken(), ours);

    assert.match((await harness.ask()).body, /Hello from a\./, 'and we take those over');
    await rpc.call('account/tokens/refresh', { accountId });
    assert.equal(await codexByItself(), 'Hello from a.');
    const { asked, rotated, ended } = lab.refreshes('a');
    assert.deepEqual({ asked, rotated, ended }, { asked: 3, rotated: 3, ended: 0 });
  });
});
