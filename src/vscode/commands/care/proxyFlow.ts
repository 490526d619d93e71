import type { Account } from '../../../contract/account.ts';
import type { Result } from '../../../contract/rpc.ts';
import { readProxyUrl, shownProxy } from '../../../core/proxyUrl.ts';

/** What setting a proxy asks of a person and of the engine. */
export interface ProxyDialog {
  /** The proxy's address; undefined: given up. */
  ask(value: string): Promise<string | undefined>;
  /** Null: cancelled. */
  test(proxyUrl: string): Promise<Result<'account/proxy/test'> | null>;
  save(proxyUrl: string): Promise<void>;
  /** The test failed: what to do about it. */
  decide(message: string): Promise<'Save Anyway' | 'Change' | undefined>;
  tell(message: string): void;
}

/** Asks for a proxy, tries it out, and saves it when it works or the person wants it all the same. `who` is whose it will be. */
export async function askForProxy(dialog: ProxyDialog, who: string, start: string): Promise<void> {
  for (let value = start; ;) {
    const text = await dialog.ask(value);
    if (text === undefined) return;
    value = text;
    const tested = await dialog.test(text);
    if (!tested) return;
    const shown = shownProxy(readProxyUrl(text) ?? '');
    const choice = tested.ok ? 'Save Anyway' : await dialog.decide(`The provider cannot be reached through ${shown}: ${tested.reason ?? 'unknown cause'}.`);
    if (choice === undefined) return;
    if (choice === 'Change') continue;
    await dialog.save(text);
    return dialog.tell(`Proxy of ${who}: ${shown}. ${tested.ok ? reachedText(tested) : 'It was saved although the test failed.'}`);
  }
}

/** What a test that went well says. */
export function reachedText({ ms, reason }: Result<'account/proxy/test'>): string {
  return `The provider answered in ${ms.toLocaleString('en')} ms${reason === null ? '' : ` (${reason})`}.`;
}

/** What is wrong with what was typed; null when nothing is. */
export function proxyProblem(text: string): string | null {
  if (text.trim() === '') return 'Write the address of a proxy.';
  return readProxyUrl(text) === null ? 'Write it like http://host:port, https://host:port or socks5://host:port.' : null;
}

/** What the line begins with: the proxy these accounts share, without user and password, which no window knows. */
export function proxyToEdit(accounts: readonly Pick<Account, 'proxy'>[]): { readonly value: string; readonly hasLogin: boolean } {
  const shared = accounts.every(({ proxy }) => proxy === accounts[0]?.proxy) ? (accounts[0]?.proxy ?? '') : '';
  const value = shared.replace(/\/\/[^/]*@/, '//');
  return { value, hasLogin: value !== shared };
}
