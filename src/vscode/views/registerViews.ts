import * as vscode from 'vscode';
import type { Account } from '../../contract/account.ts';
import { poolFigures } from '../../core/display/accountState.ts';
import type { Reader } from '../../core/display/format.ts';
import type { Disposable } from '../../core/scope.ts';
import type { Mirror, Snapshot } from '../mirror.ts';
import { keepDrawn, tickMs } from '../keepDrawn.ts';
import { contextKeys, views } from '../ids.ts';
import type { LensKeeper } from '../lensKeeper.ts';
import { filterOf, lensText, type Lens } from './accountLens.ts';
import { SteadyOrder } from './accountSort.ts';
import { AccountTree } from './accountTree.ts';
import { gatewayRows } from './gatewayRows.ts';
import { keyRows } from './keyRows.ts';
import type { DragHold } from './accountDrag.ts';
import type { RowModel } from './rowModel.ts';
import { RowTree } from './rowTree.ts';

/** VS Code puts off what it is asked to draw while it is asked again within 200 ms. */
const restMs = 250;
/** Without news rows say the same for so long. */
const staleMs = 25_000;

/** The three views of the sidebar. */
export function registerViews(mirror: Mirror, lens: LensKeeper, drag: vscode.TreeDragAndDropController<RowModel>, hold: Readonly<DragHold>): Disposable {
  const accounts = new RowTree(views.accounts, drag);
  const keys = new RowTree(views.keys);
  const gateway = new RowTree(views.gateway);
  const drawAccounts = accountsDrawer(accounts);
  const isHeld = (): boolean => Date.now() < hold.until;
  const drawn = keepDrawn([mirror, lens], restMs, () => {
    const { snapshot } = mirror;
    const reader = { now: Date.now(), locale: vscode.env.language };
    if (!isHeld()) drawAccounts(snapshot.accounts ?? [], lens.lens, reader);
    keys.show(keyRows(snapshot.keys ?? [], reader));
    gateway.show(gatewayRows(snapshot, reader));
    gateway.view.message = snapshot.seat.role === 'failed' ? snapshot.seat.error.message : undefined;
    void vscode.commands.executeCommand('setContext', contextKeys.state, stateOf(snapshot));
    void vscode.commands.executeCommand('setContext', contextKeys.gateway, gatewayContext(snapshot.gateway));
    void vscode.commands.executeCommand('setContext', contextKeys.filtered, lens.lens.filter !== 'all');
  }, () => (isHeld() ? restMs : tickMs));
  return {
    dispose: () => {
      void drawn.dispose();
      for (const tree of [accounts, keys, gateway]) tree.dispose();
    },
  };
}

/** Draws the accounts when they, how one looks at them, or what time makes of them, changed: all of them are looked at. */
function accountsDrawer(tree: RowTree): (accounts: readonly Account[], lens: Lens, reader: Reader) => void {
  const rows = new AccountTree();
  const order = new SteadyOrder();
  let drawn: readonly [readonly Account[], Lens] | null = null;
  let drawnAt = 0;
  return (accounts, lens, reader) => {
    if (drawn?.[0] === accounts && drawn[1] === lens && reader.now - drawnAt < staleMs) return;
    [drawn, drawnAt] = [[accounts, lens], reader.now];
    const sorted = order.apply(accounts, lens.sort, reader.now);
    const shown = lens.filter === 'all' ? sorted : sorted.filter(filterOf(lens));
    tree.show(rows.rows(shown, reader));
    tree.view.description = accounts.length === 0 ? undefined : lensText(lens, shown.length, accounts.length);
    const needing = lens.filter === 'all' ? rows.needing : poolFigures(accounts, reader.now).needing;
    tree.view.badge = needing === 0 ? undefined : { value: needing, tooltip: `${needing} account${needing === 1 ? '' : 's'} need${needing === 1 ? 's' : ''} you` };
  };
}

/** What the views' welcome texts depend on. */
function stateOf({ seat, accounts }: Snapshot): 'starting' | 'failed' | 'empty' | 'filled' {
  if (seat.role === 'failed') return 'failed';
  if (!accounts) return 'starting';
  return accounts.length === 0 ? 'empty' : 'filled';
}

/** What `when` clauses know of the gateway. */
function gatewayContext(gateway: Snapshot['gateway']): string {
  return gateway?.state === 'running' && gateway.paused ? 'paused' : (gateway?.state ?? 'starting');
}
