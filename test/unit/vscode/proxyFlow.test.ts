import assert from 'node:assert/strict';
import type { Result } from '../../../src/contract/rpc.ts';
import { askForProxy, proxyProblem, proxyToEdit, type ProxyDialog } from '../../../src/vscode/commands/care/proxyFlow.ts';

type Tested = Result<'account/proxy/test'>;
const works: Tested = { ok: true, ms: 1_230, status: 200, reason: null };
const refuses: Tested = { ok: false, ms: 5, status: null, reason: 'proxy refused: 407 (it wants a user and a password)' };

/** A person who types these lines and decides so, one after the other. */
function dialogOf(lines: readonly (string | undefined)[], tests: readonly (Tested | null)[], choices: readonly ('Save Anyway' | 'Change' | undefined)[] = []) {
  const [line, test, choice] = [lines.values(), tests.values(), choices.values()];
  const seen: string[] = [];
  const dialog: ProxyDialog = {
    ask: (value) => {
      seen.push(`ask ${value}`);
      return Promise.resolve(line.next().value);
    },
    test: (proxyUrl) => {
      seen.push(`test ${proxyUrl}`);
      return Promise.resolve(test.next().value ?? null);
    },
    save: (proxyUrl) => Promise.resolve(void seen.push(`save ${proxyUrl}`)),
    decide: (message) => {
      seen.push(message);
      return Promise.resolve(choice.next().value);
    },
    tell: (message) => void seen.push(message),
  };
  return { dialog, seen };
}

describe('setting a proxy', () => {
  const typed = 'http://ann:secret@p:1';

  it('tries it out, saves it and says so without its login', async () => {
    const { dialog, seen } = dialogOf([typed], [works]);
    await askForProxy(dialog, '2 accounts', 'http://p:1');
    assert.deepEqual(seen, ['ask http://p:1', `test ${typed}`, `save ${typed}`, 'Proxy of 2 accounts: http://…@p:1. The provider answered in 1,230 ms.']);
  });

  it('lets the person change one that fails, beginning with what was typed, or save it anyway', async () => {
    const failed = 'The provider cannot be reached through http://…@p:1: proxy refused: 407 (it wants a user and a password).';
    const { dialog, seen } = dialogOf([typed, typed], [refuses, refuses], ['Change', 'Save Anyway']);
    await askForProxy(dialog, 'Ann', '');
    assert.deepEqual(seen, ['ask ', `test ${typed}`, failed, `ask ${typed}`, `test ${typed}`, failed, `save ${typed}`, 'Proxy of Ann: http://…@p:1. It was saved although the test failed.']);
  });

  it('saves nothing when it is given up', async () => {
    for (const [lines, tests] of [[[undefined], []], [[typed], [null]], [[typed], [refuses]]] as const) {
      const { dialog, seen } = dialogOf(lines, tests);
      await askForProxy(dialog, 'Ann', '');
      assert.ok(!seen.some((step) => step.startsWith('save')));
    }
  });

  it('says while one types what is wrong', () => {
    assert.deepEqual(['', 'p:1', 'socks5://u:p@h', 'ftp://h'].map((text) => proxyProblem(text)?.slice(0, 8) ?? null), ['Write th', null, null, 'Write it']);
  });

  it('begins with what the accounts share, without a login', () => {
    assert.deepEqual(proxyToEdit([{ proxy: 'socks5://…@p:1' }, { proxy: 'socks5://…@p:1' }]), { value: 'socks5://p:1', hasLogin: true });
    assert.deepEqual(proxyToEdit([{ proxy: 'http://p:1' }, { proxy: null }]), { value: '', hasLogin: false });
    assert.deepEqual(proxyToEdit([{ proxy: null }]), { value: '', hasLogin: false });
  });
});
