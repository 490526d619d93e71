import * as vscode from 'vscode';
import { RouteStrategy } from '../../../contract/route.ts';
import { strategyWords } from '../../../core/display/strategies.ts';
import { isServing } from '../../../core/display/accountState.ts';
import { commands } from '../../ids.ts';
import type { Mirror } from '../../mirror.ts';
import type { RowModel } from '../../views/rowModel.ts';
import { chosenOne } from '../chosen.ts';
import { pickMarked } from '../lens/pickMarked.ts';
import type { Run } from '../register.ts';
import { explain } from './explain.ts';
import { reserveCommands } from './reserve.ts';

/** How accounts are chosen, and why. */
export function routeCommands(mirror: Mirror) {
  return {
    [commands.changeStrategy]: () => changeStrategy(mirror),
    [commands.pinAccount]: (rows) => pinAccount(mirror, rows),
    [commands.unpinAccount]: async () => {
      await mirror.call('gateway/manualAccount/clear');
    },
    [commands.explainRoute]: (rows) => explain(mirror, rows),
    ...reserveCommands(mirror),
  } satisfies Record<string, Run>;
}

async function changeStrategy(mirror: Mirror): Promise<void> {
  const now = mirror.snapshot.route?.strategy;
  const items = RouteStrategy.options.map((value) => {
    const { name, icon, means } = strategyWords(value);
    return { value, label: `$(${icon}) ${name}`, description: means, current: value === now };
  });
  const strategy = await pickMarked('Routing Strategy', 'Who is asked first? A conversation stays with its account in any case.', (typed) => items.filter(({ label, description }) => `${label} ${description}`.toLowerCase().includes(typed.toLowerCase())));
  if (strategy === null || strategy === now) return;
  await mirror.call('gateway/routeStrategy/set', { strategy });
  vscode.window.setStatusBarMessage(`$(check) Strategy: ${strategyWords(strategy).name}`, 4_000);
}

const hour = 3_600;
const times: readonly (vscode.QuickPickItem & { readonly seconds: number | null })[] = [
  { label: 'Until It Fails', description: 'or is spent', seconds: null },
  { label: 'For One Hour', description: 'at the longest', seconds: hour },
  { label: 'For Five Hours', description: 'at the longest', seconds: 5 * hour },
];

async function pinAccount(mirror: Mirror, rows: readonly RowModel[]): Promise<void> {
  const account = await chosenOne(mirror, rows, { title: 'Ask which account first?', fits: isServing });
  if (!account) return;
  const time = await vscode.window.showQuickPick(times, { title: `Ask ${account.label} First`, placeHolder: 'For how long?' });
  if (!time) return;
  await mirror.call('gateway/manualAccount/set', { accountId: account.id, until: time.seconds === null ? null : Math.floor(Date.now() / 1000) + time.seconds });
  vscode.window.setStatusBarMessage(`$(pinned) ${account.label} is asked first`, 4_000);
}
