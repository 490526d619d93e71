import { keepDrawn } from '../../src/vscode/keepDrawn.ts';
import { Mirror } from '../../src/vscode/mirror.ts';
import { AccountTree } from '../../src/vscode/views/accountTree.ts';
import { gatewayRows } from '../../src/vscode/views/gatewayRows.ts';
import type { RowModel } from '../../src/vscode/views/rowModel.ts';
import { ShownRows } from '../../src/vscode/views/shownRows.ts';
import { statusModel } from '../../src/vscode/views/statusModel.ts';
import { watchLoop } from './loopDelay.ts';

/**
 * What an extension host does for a window with the Accounts view open: it hears the pool, draws tree, badge and status bar, and hands out the rows of
 * the first group and of its first range. RPC_URL and TOKEN say where the leader is. Says `shown N` whenever that many accounts are shown.
 */
watchLoop();
const mirror = new Mirror();
const tree = new AccountTree();
const rows = new ShownRows();
let shown = -1;

/** VS Code asks again for what it has open, in a message of its own each. */
function ask(row?: RowModel): void {
  setImmediate(() => {
    const [first] = rows.children(row).filter(({ context }) => context === 'group' || context === 'range');
    if (first) ask(first);
  });
}

keepDrawn([mirror], 250, () => {
  const { snapshot } = mirror;
  const reader = { now: Date.now(), locale: 'en' };
  const accounts = snapshot.accounts ?? [];
  const redraw: 'all' | readonly RowModel[] = rows.show(tree.rows(accounts, reader));
  for (const row of redraw === 'all' ? [undefined] : redraw) if (row === undefined || row.context === 'group' || row.context === 'range') ask(row);
  gatewayRows(snapshot, reader);
  if (accounts.length !== shown) process.stdout.write(`shown ${accounts.length}\n`);
  shown = accounts.length;
});
keepDrawn([mirror], 1_000, () => void statusModel(mirror.snapshot, { now: Date.now(), locale: 'en' }, { show: 'current', today: null }));
ask();
mirror.setSeat({ role: 'client', leader: { rpcUrl: process.env['RPC_URL'] ?? '', token: process.env['TOKEN'] ?? '', epoch: 1, contractVersion: 1, pid: 1 } });
process.stdin.on('end', () => process.exit(0)).resume();
process.on('SIGTERM', () => process.exit(0));
