import * as vscode from 'vscode';
import type { Account } from '../../../contract/account.ts';
import type { Params, Result } from '../../../contract/rpc.ts';
import { commands } from '../../ids.ts';
import type { Mirror } from '../../mirror.ts';
import { tell, withCancel } from '../../notify.ts';
import { chosen, idsOf, nameThem } from '../chosen.ts';
import type { Run } from '../register.ts';
import { askForProxy, proxyProblem, proxyToEdit, reachedText } from './proxyFlow.ts';

/** The way single accounts go to the provider. */
export function proxyCommands(mirror: Mirror) {
  return {
    [commands.setProxy]: async (rows) => {
      const accounts = await chosen(mirror, rows, { title: 'Set the proxy of which accounts?' });
      if (accounts.length === 0) return;
      const act = accounts.some(({ proxy }) => proxy !== null) ? await chooseAct(mirror, accounts) : () => setProxy(mirror, accounts);
      await act?.();
    },
  } satisfies Record<string, Run>;
}

/** What to do about a proxy that is there. Undefined when it was given up. */
async function chooseAct(mirror: Mirror, accounts: readonly Account[]): Promise<(() => Promise<void>) | undefined> {
  const [only, ...others] = accounts;
  const items = [
    { label: '$(edit) Set Another Proxy', description: '', act: () => setProxy(mirror, accounts) },
    ...(only && others.length === 0 ? [{ label: '$(pulse) Test Proxy', description: only.proxy ?? '', act: () => testProxy(mirror, only) }] : []),
    { label: '$(circle-slash) Remove Proxy', description: 'to the provider the way everybody goes', act: () => removeProxy(mirror, accounts) },
  ];
  return (await vscode.window.showQuickPick(items, { title: `Proxy of ${nameThem(accounts)}` }))?.act;
}

async function setProxy(mirror: Mirror, accounts: readonly Account[]): Promise<void> {
  const who = nameThem(accounts);
  const { value: start, hasLogin } = proxyToEdit(accounts);
  const prompt = `http://, https:// or socks5:// with host and port; user:password@ before the host if the proxy wants a login.${hasLogin ? ' The stored user and password are not shown: write them again.' : ''}`;
  await askForProxy({
    ask: async (value) => vscode.window.showInputBox({ title: `Proxy of ${who}`, prompt, placeHolder: 'socks5://user:password@proxy.example:1080', value, ignoreFocusOut: true, validateInput: proxyProblem }),
    test: (proxyUrl) => test(mirror, { proxyUrl }),
    save: async (proxyUrl) => void await mirror.call('account/updateMany', { accountIds: idsOf(accounts), proxyUrl }),
    decide: (message) => tell('warning', message, 'Save Anyway', 'Change'),
    tell: (message) => void tell('info', message),
  }, who, start);
}

async function testProxy(mirror: Mirror, { id, label }: Account): Promise<void> {
  const tested = await test(mirror, { accountId: id });
  if (tested?.ok) void tell('info', `Proxy of ${label}: ${reachedText(tested)}`);
  else if (tested) void tell('error', `The provider cannot be reached through the proxy of ${label}: ${tested.reason ?? 'unknown cause'}.`);
}

async function removeProxy(mirror: Mirror, accounts: readonly Account[]): Promise<void> {
  await mirror.call('account/updateMany', { accountIds: idsOf(accounts), proxyUrl: null });
  void tell('info', `Proxy of ${nameThem(accounts)} removed.`);
}

/** Null when the person did not wait for it. */
function test(mirror: Mirror, params: Params<'account/proxy/test'>): Promise<Result<'account/proxy/test'> | null> {
  return withCancel('Testing the proxy', async (_report, signal) => {
    const cancelled = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
    return Promise.race([mirror.call('account/proxy/test', params), cancelled]);
  });
}
