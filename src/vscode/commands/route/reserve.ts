import * as vscode from 'vscode';
import { commands } from '../../ids.ts';
import type { Mirror } from '../../mirror.ts';
import { chosen, idsOf, nameThem } from '../chosen.ts';
import type { Run } from '../register.ts';
import { askText } from '../steps.ts';

interface Share extends vscode.QuickPickItem { readonly percent: number | null }

/** Keeps a part of accounts' windows from the gateway, for what their owner does elsewhere. */
export function reserveCommands(mirror: Mirror) {
  return {
    [commands.reserveAccount]: async (rows) => {
      const accounts = await chosen(mirror, rows, { title: 'Keep a part of which accounts for yourself?' });
      const [first] = accounts;
      if (!first) return;
      const percent = await askShare(nameThem(accounts), first.reservePercent);
      if (percent === null) return;
      await mirror.call('account/updateMany', { accountIds: idsOf(accounts), reservePercent: percent });
      vscode.window.setStatusBarMessage(percent === 0 ? `$(check) The gateway may use all of ${nameThem(accounts)}` : `$(shield) The last ${percent} % of ${nameThem(accounts)} ${accounts.length === 1 ? 'is' : 'are'} yours`, 4_000);
    },
  } satisfies Record<string, Run>;
}

/** Null: given up. */
async function askShare(name: string, now: number): Promise<number | null> {
  const shares: Share[] = [0, 10, 20, 30, 50].map((percent) => ({
    percent, label: percent === 0 ? 'Nothing' : `${percent} %`, description: [percent === 0 ? 'the gateway may use all of it' : '', percent === now ? 'set now' : ''].filter((part) => part !== '').join(' · '),
  }));
  const picked = await vscode.window.showQuickPick([...shares, { label: 'Another Share…', percent: null }], { title: `Keep a Part of ${name}`, placeHolder: 'Of each window, how much does the gateway leave to you?' });
  if (!picked || picked.percent !== null) return picked?.percent ?? null;
  const typed = await askText({
    title: `Keep a Part of ${name}`, step: 1, total: 1, prompt: 'Percent of each window that the gateway leaves to you', placeholder: '20', value: now === 0 ? '' : String(now),
    problem: (text) => (/^\d{1,2}$/.test(text.trim()) ? null : 'Write a whole number from 0 to 99.'),
  });
  return typed.kind === 'value' ? Number(typed.value.trim()) : null;
}
