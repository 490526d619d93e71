import assert from 'node:assert/strict';
import { directNetwork } from '../../../lab/directNetwork.ts';
import type { AccountId } from '../../../../src/contract/account.ts';
import type { LoginStarted } from '../../../../src/contract/login.ts';
import type { Callback } from '../../../../src/core/parseCallback.ts';
import type { StoredAccount } from '../../../../src/core/records.ts';
import type { Store } from '../../../../src/core/store.ts';
import { mintJwt } from '../../../../src/lab/jwt.ts';
import { AccountPool } from '../../../../src/service/accountPool.ts';
import { LoginService } from '../../../../src/service/login/loginService.ts';
import type { Exchanged } from '../../../../src/upstream/login.ts';
import { send } from '../../../lab/gatewayUnderTest.ts';
import { ManualClock } from '../../../lab/manualClock.ts';

/** Something that a test lets happen. */
class Gate<T> {
  resolve: (value: T) => void = () => undefined;
  readonly passed = new Promise<T>((resolve) => (this.resolve = resolve));
}

const accessToken = mintJwt({ sub: 'auth0|a', email: 'a@example.com', exp: 4_000_000_000 });
const good: Exchanged = { kind: 'tokens', tokens: { idToken: null, accessToken, refreshToken: 'rt' } };

const shorter: Exchanged = { kind: 'tokens', tokens: { idToken: null, accessToken: mintJwt({ sub: 'auth0|a', exp: 3_000_000_000 }), refreshToken: 'rt2' } };

describe('LoginService', () => {
  let clock: ManualClock;
  let logins: LoginService;
  let pool: AccountPool;
  let exchanges: Gate<Exchanged>[];
  let exchanging: Gate<void>;
  /** Storing waits for it. */
  let disk: Gate<void>;
  let storing: Gate<void>;
  let told: AccountId[];
  let held: (readonly AccountId[])[];
  let opened: string[];
  let openProblem: string | null;
  beforeEach(() => {
    clock = new ManualClock();
    [exchanges, told, held, opened, openProblem] = [[], [], [], [], null];
    [exchanging, disk, storing] = [new Gate(), new Gate(), new Gate()];
    const saveAccounts = (_accounts: readonly StoredAccount[]): Promise<void> => {
      storing.resolve();
      return disk.passed;
    };
    pool = new AccountPool({ store: { saveAccounts } as unknown as Store, clock, log: () => undefined }, []);
    const exchange = (): Promise<Exchanged> => {
      const gate = new Gate<Exchanged>();
      exchanges.push(gate);
      exchanging.resolve();
      return gate.passed;
    };
    logins = new LoginService({
      config: { issuer: 'http://issuer.example', clientId: 'app', originator: 'o', redirectUri: null, loginListen: { host: 'localhost', port: 0 }, loginNonLoopback: false, allowedHosts: [] },
      issuer: { exchange, startDevice: () => assert.fail(), pollDevice: () => assert.fail() }, network: directNetwork,
      pool, clock, log: () => undefined, signedIn: (id) => told.push(id),
      exclusive: (ids, task) => {
        held.push(ids);
        return task();
      },
      openBrowser: (url) => {
        opened.push(url);
        return Promise.resolve(openProblem);
      },
    });
  });
  afterEach(async () => {
    disk.resolve();
    await logins.dispose();
    await pool.dispose();
  });

  const start = (): Promise<LoginStarted> => logins.start({ openBrowser: false });
  const code = (state: string): Callback => ({ kind: 'code', state, code: 'c' });
  const word = async (loginId: string): Promise<string> => (await logins.status(loginId, 0)).status;
  const isGone = (url: string): Promise<boolean> => send(url, { method: 'GET' }).then(() => false, () => true);

  it('tells the account\'s keeper of a login, and stores it while nobody renews that account', async () => {
    for (let round = 0; round < 2; round += 1) {
      const { loginId } = await start();
      const finished = logins.finish(code(loginId));
      exchanges[round]?.resolve(round === 0 ? good : shorter);
      disk.resolve();
      assert.equal((await finished).status, 200);
    }
    assert.equal(pool.list()[0]?.tokens.refreshToken, 'rt2', 'a login of this moment counts for more than one that would last longer');
    const id = pool.list()[0]?.account.id ?? assert.fail();
    assert.deepEqual([told, held, pool.list().length], [[id, id], [[], [id]], 1]);
  });

  it('exchanges one code per state, also while that takes its time', async () => {
    const { loginId } = await start();
    const first = logins.finish(code(loginId));
    assert.match((await logins.finish(code(loginId))).text, /being finished at this moment/);
    assert.equal(exchanges.length, 1);
    clock.pass(600_000);
    assert.equal(await word(loginId), 'pending', 'ten minutes are for the person, not for the issuer');
    exchanges[0]?.resolve(good);
    disk.resolve();
    assert.equal((await first).ok, true);
  });

  it('takes no state that is too old, also when the computer was asleep', async () => {
    const { loginId } = await start();
    clock.jump(600_000);
    assert.match((await logins.finish(code(loginId))).text, /not finished within 10 minutes/);
    logins.cancel(loginId);
    assert.deepEqual([exchanges.length, (await logins.status(loginId, 0)).error], [0, 'The sign-in was not finished within 10 minutes. Start it again.'], 'the first outcome counts');
  });

  it('stores nothing of a login that was cancelled while its code was exchanged', async () => {
    const { loginId } = await start();
    const finished = logins.finish(code(loginId));
    logins.cancel(loginId);
    exchanges[0]?.resolve(good);
    assert.match((await finished).text, /cancelled/);
    assert.deepEqual([pool.list().length, await word(loginId)], [0, 'failed']);
  });

  it('lets a login succeed that is cancelled while it is stored', async () => {
    const { loginId } = await start();
    const finished = logins.finish(code(loginId));
    exchanges[0]?.resolve(good);
    await storing.passed;
    logins.cancel(loginId);
    disk.resolve();
    await finished;
    logins.cancel(loginId);
    assert.equal(await word(loginId), 'success');
  });

  it('says what the disk has against it', async () => {
    const { loginId } = await start();
    const finished = logins.finish(code(loginId));
    exchanges[0]?.resolve(good);
    disk.resolve(Promise.reject(new Error('no')) as never);
    assert.match((await finished).text, /succeeded but could not be stored: .*log/);
    assert.deepEqual([await word(loginId), told], ['failed', []]);
  });

  it('waits at its end for what is being stored', async () => {
    const { loginId } = await start();
    void logins.finish(code(loginId));
    exchanges[0]?.resolve(good);
    await storing.passed;
    const ended = logins.dispose().then(() => pool.list().length);
    disk.resolve();
    assert.deepEqual([await ended, await word(loginId)], [1, 'success']);
  });

  it('waits no longer than a host does', async () => {
    const { loginId } = await start();
    void logins.finish(code(loginId));
    exchanges[0]?.resolve(good);
    await storing.passed;
    const ended = logins.dispose();
    await clock.untilSleeping(3000);
    clock.pass(3000);
    await ended;
  });

  it('keeps no browser waiting at its end', async () => {
    const { loginId, redirectUri } = await start();
    const page = isGone(`${redirectUri}?code=c&state=${loginId}`);
    await exchanging.passed;
    await logins.dispose();
    assert.ok(await page, 'though the issuer never answers');
    assert.ok(await isGone(redirectUri));
  });

  it('opens the browser unless it is told not to, and says why when it cannot', async () => {
    assert.equal((await start()).warning, null);
    assert.deepEqual(opened, []);
    const { authUrl, warning } = await logins.start(undefined);
    assert.deepEqual([opened, warning], [[authUrl], null]);
    openProblem = 'xdg-open is not installed';
    assert.equal((await logins.start({})).warning, 'The browser did not open: xdg-open is not installed. Open the address yourself.');
  });

  it('forgets ended logins after a day, or when there are a hundred; never one under way', async () => {
    const [first, second] = [await start(), await start()];
    for (let more = 2; more < 100; more += 1) await start();
    await assert.rejects(start(), { code: 'conflict' });
    logins.cancel(second.loginId);
    const last = await start();
    assert.deepEqual([await word(first.loginId), await word(second.loginId), await word(last.loginId)], ['pending', 'unknown', 'pending']);
    logins.cancel(last.loginId);
    clock.jump(86_399_000);
    assert.equal(await word(last.loginId), 'failed');
    clock.jump(1000);
    assert.equal(await word(last.loginId), 'unknown');
  });
});
