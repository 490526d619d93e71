import * as vscode from 'vscode';
import type { Disposable } from '../../core/scope.ts';
import type { Mirror, Snapshot } from '../mirror.ts';
import { keepDrawn } from '../keepDrawn.ts';
import { contextKeys, views } from '../ids.ts';
import { accountRows } from './accountRows.ts';
import { gatewayRows } from './gatewayRows.ts';
import { keyRows } from './keyRows.ts';
import type { RowModel } from './rowModel.ts';
import { RowTree } from './rowTree.ts';

/** Bursts of events are drawn together. */
const quietMs = 100;

/** The three views of the sidebar. */
export function registerViews(mirror: Mirror, drag: vscode.TreeDragAndDropController<RowModel>): Disposable {
  const accounts = new RowTree(views.accounts, drag);
  const keys = new RowTree(views.keys);
  const gateway = new RowTree(views.gateway);
  const drawn = keepDrawn(mirror, quietMs, () => {
    const { snapshot } = mirror;
    const reader = { now: Date.now(), locale: vscode.env.language };
    accounts.show(accountRows(snapshot.accounts ?? [], reader));
    const needing = (snapshot.accounts ?? []).filter(({ status }) => status === 'needsLogin' || status === 'blocked').length;
    accounts.view.badge = needing === 0 ? undefined : { value: needing, tooltip: `${needing} account${needing === 1 ? '' : 's'} need${needing === 1 ? 's' : ''} you` };
    keys.show(keyRows(snapshot.keys ?? [], reader));
    gateway.show(gatewayRows(snapshot, reader));
    gateway.view.message = snapshot.seat.role === 'failed' ? snapshot.seat.error.message : undefined;
    void vscode.commands.executeCommand('setContext', contextKeys.state, stateOf(snapshot));
    void vscode.commands.executeCommand('setContext', contextKeys.gateway, snapshot.gateway?.state ?? 'starting');
  });
  return {
    dispose: () => {
      void drawn.dispose();
      for (const tree of [accounts, keys, gateway]) tree.dispose();
    },
  };
}

/** What the views' welcome texts depend on. */
function stateOf({ seat, accounts }: Snapshot): 'starting' | 'failed' | 'empty' | 'filled' {
  if (seat.role === 'failed') return 'failed';
  if (!accounts) return 'starting';
  return accounts.length === 0 ? 'empty' : 'filled';
}
