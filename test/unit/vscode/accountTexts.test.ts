import assert from 'node:assert/strict';
import { ImportStatus } from '../../../src/contract/importJob.ts';
import { LoginStatus } from '../../../src/contract/login.ts';
import { tagsOf, tagsProblem } from '../../../src/vscode/commands/care/tags.ts';
import { endText, nothingText, planText, progressText, reasonsText, summaryText } from '../../../src/vscode/commands/import/importText.ts';
import { codeText, loginText } from '../../../src/vscode/commands/login/loginText.ts';
import { addressProblem, callbackIsReachable, loginOfAddress } from '../../../src/vscode/commands/login/signInAddress.ts';

function status(over: Record<string, unknown>): ImportStatus {
  return ImportStatus.parse({
    importId: 'i', revision: 1, state: 'done', message: null, filesRead: 0, files: 0, total: 0, done: 0, created: 0, updated: 0, skipped: 0, failed: 0, errors: [], preview: [], keys: 0, sharesCodexLogin: false, accountId: null, ...over,
  });
}
const preview = (label: string, action: string, reason: string | null = null) => ({ label, email: label, plan: 'plus', groupName: 'IMPORT', file: 'x.json', action, reason });

describe('what an import says', () => {
  const mixed = { total: 18, created: 12, updated: 3, skipped: 2, failed: 1 };

  it('before: what would happen', () => {
    assert.equal(planText(status(mixed)), 'Add 12, update 3, skip 2 · 1 cannot be read');
    assert.equal(planText(status({ updated: 1_200 })), 'Update 1,200');
    assert.equal(planText(status({ failed: 2 })), '2 cannot be read');
  });

  it('meanwhile: how far it is', () => {
    assert.equal(progressText(status({ state: 'storing', done: 214, total: 1_000, failed: 3 })), '214 of 1,000 · 3 failed');
    assert.equal(progressText(status({ state: 'reading', filesRead: 3, files: 9 })), '3 of 9 files');
  });

  it('at its end: what came of it', () => {
    assert.equal(summaryText(status(mixed)), '12 added, 3 updated, 2 skipped, 1 failed');
    assert.deepEqual(endText(status(mixed), status(mixed)), { severity: 'warning', message: 'Accounts imported: 12 added, 3 updated, 2 skipped, 1 failed.', hasReasons: true });
    const skipping = status({ total: 3, created: 2, skipped: 1 });
    assert.deepEqual(endText(skipping, skipping), { severity: 'info', message: 'Accounts imported: 2 added, 1 skipped.', hasReasons: true });
    const one = status({ total: 1, created: 1, preview: [preview('a@example.com', 'create')] });
    assert.deepEqual(endText(one, one), { severity: 'info', message: 'a@example.com was added.', hasReasons: false });
    const backup = status({ total: 2, created: 2, keys: 1 });
    assert.equal(endText(backup, backup).message, 'Accounts imported: 2 added. 1 platform key came with them.');
    assert.equal(endText(status({ state: 'cancelled', created: 200 }), status(mixed)).message, 'The import was cancelled: 200 added; what was stored stays.');
    assert.equal(endText(status({ state: 'cancelled' }), status(mixed)).message, 'The import was cancelled: nothing was stored.');
    assert.deepEqual(endText(status({ state: 'failed', created: 200, message: 'The disk is full.' }), status({})), { severity: 'error', message: 'Accounts imported: 200 added. The disk is full.', hasReasons: false });
  });

  it('when there is nothing to store: why', () => {
    assert.match(nothingText(status({})), /^There are no accounts in it\. Choose/);
    assert.equal(nothingText(status({ total: 1, failed: 1, errors: [{ index: 1, message: 'x.json, 1:1: no tokens in it' }] })), 'Nothing was imported. x.json, 1:1: no tokens in it');
    assert.equal(nothingText(status({ total: 1, skipped: 1, preview: [preview('a@example.com', 'skip', 'the pool has a newer login')] })), 'a@example.com was skipped: the pool has a newer login.');
    assert.equal(nothingText(status({ total: 3, skipped: 2, failed: 1 })), 'Nothing was imported: 2 skipped, 1 failed.');
  });

  it('lists every reason with its place', () => {
    const failed = { index: 3, message: 'x', file: '/a/b.json', position: '4:2', reason: 'it has no access token' };
    const plan = status({ total: 4, skipped: 1, failed: 60, errors: [failed], preview: [preview('a@example.com', 'skip'), preview('b@example.com', 'create')] });
    assert.equal(reasonsText(plan, plan), 'Could not be read (60)\n/a/b.json:4:2\n    it has no access token\n… and 59 more\n\nSkipped (1)\nx.json\n    a@example.com: nothing newer in it\n');
  });
});

describe('what a login says', () => {
  const ended = (over: Record<string, unknown>) => LoginStatus.parse({ status: 'success', error: null, updatedAt: 1, accountId: 'acc_1', created: true, otherAccount: false, ...over });

  it('when it went well: as whom', () => {
    assert.deepEqual(loginText(ended({}), 'a@example.com', null), { severity: 'info', message: 'Signed in as a@example.com. The account was added.' });
    assert.match(loginText(ended({ created: false }), 'a@example.com', 'a@example.com').message, /^Signed in as a@example\.com\. Its login was renewed/);
    assert.deepEqual(loginText(ended({ otherAccount: true }), 'b', 'a'), { severity: 'warning', message: 'You signed in as b, which is another account and was added: a still needs you. In the browser, choose a.' });
  });

  it('when it failed: why', () => {
    assert.deepEqual(loginText(ended({ status: 'failed', error: 'You denied it' }), '', null), { severity: 'error', message: 'You denied it.' });
    assert.match(loginText(ended({ status: 'unknown' }), '', 'a').message, /^Signing in to a failed\. CodexManager no longer knows/);
  });

  it('shows the code, the page and the time that is left', () => {
    const device = { userCodeUrl: '', tokenUrl: '', verificationUrl: 'https://auth.example/codex/device', redirectUri: '', userCode: 'ABCD-12345', intervalSeconds: 5, expiresAt: 1_000 };
    assert.equal(codeText(device, 160_000), 'enter ABCD-12345 on [auth.example/codex/device](https://auth.example/codex/device) (14m left)');
  });
});

describe('the address a sign-in ends on', () => {
  it('names its login, whichever way it was pasted', () => {
    for (const text of ['http://localhost:1455/auth/callback?code=c&state=s', ' "localhost:1455/auth/callback?code=c&state=s" ', 'http://localhost:1455/auth/callback?error=access_denied&state=s']) assert.equal(loginOfAddress(text), 's', text);
    assert.equal(loginOfAddress('https://example.com'), null);
    assert.match(addressProblem('https://example.com') ?? '', /neither a code nor a state/);
    assert.equal(addressProblem('http://localhost:1455/auth/callback?code=c&state=s'), null);
  });

  it('is asked for only where the browser may not reach it', () => {
    const here = { redirectUri: 'http://localhost:1455/auth/callback', externalUri: 'http://localhost:1455/auth/callback', warning: null, web: false, remoteHost: false };
    assert.equal(callbackIsReachable(here), true);
    assert.equal(callbackIsReachable({ ...here, externalUri: 'http://127.0.0.1:1455/auth/callback' }), true);
    for (const other of [{ externalUri: 'http://localhost:1456/auth/callback' }, { externalUri: 'https://x.example/proxy/1455' }, { externalUri: null }, { externalUri: '' }, { warning: 'Port 1455 is used.' }, { web: true }, { remoteHost: true }]) {
      assert.equal(callbackIsReachable({ ...here, ...other }), false, JSON.stringify(other));
    }
  });
});

describe('tags', () => {
  it('are read from commas, each once', () => {
    assert.deepEqual(tagsOf(' team, #berlin,, team ，eu'), ['team', 'berlin', 'eu']);
    assert.deepEqual(tagsOf(''), []);
    assert.equal(tagsProblem('a, b'), null);
    assert.match(tagsProblem('x'.repeat(51)) ?? '', /longer than 50/);
    assert.equal(tagsProblem(Array.from({ length: 31 }, (_, i) => String(i)).join()), 'At most 30 tags.');
  });
});
