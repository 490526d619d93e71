import { commands } from '../ids.ts';
import type { Mirror } from '../mirror.ts';
import { addAccount } from './addAccount.ts';
import { careCommands } from './care/careCommands.ts';
import { editCommands } from './care/editCommands.ts';
import { proxyCommands } from './care/proxyCommands.ts';
import { removeCommands } from './care/removeAccounts.ts';
import { chosen, chosenOne, type Ask } from './chosen.ts';
import { backUpPool } from './export/backUpPool.ts';
import { exportAccounts } from './export/exportAccounts.ts';
import { useInCodex } from './export/useInCodex.ts';
import { importCommands } from './import/importCommands.ts';
import { pasteAddress } from './login/pasteAddress.ts';
import { signIn, type Way } from './login/signIn.ts';
import type { Run } from './register.ts';

const again: Ask = { title: 'Sign in to which account again?', fits: ({ status, kind }) => status === 'needsLogin' || status === 'blocked' || kind !== 'personalToken' };

/** Everything that can be done to accounts. */
export function accountCommands(mirror: Mirror) {
  const signInAgain = (way: Way): Run => async (rows) => {
    const account = await chosenOne(mirror, rows, again);
    if (account) await signIn(mirror, way, account);
  };
  return {
    [commands.addAccount]: () => addAccount(mirror),
    [commands.signIn]: () => signIn(mirror, 'browser', null),
    [commands.signInDevice]: () => signIn(mirror, 'device', null),
    [commands.signInAgain]: signInAgain('browser'),
    [commands.signInAgainDevice]: signInAgain('device'),
    [commands.pasteAddress]: () => pasteAddress(mirror),
    [commands.exportAccounts]: async (rows) => exportAccounts(mirror, await chosen(mirror, rows, { title: 'Export which accounts?', all: true })),
    [commands.useInCodex]: async (rows) => useInCodex(mirror, await chosenOne(mirror, rows, { title: 'Which account shall Codex CLI use?' })),
    [commands.backUpPool]: () => backUpPool(mirror),
    ...importCommands(mirror),
    ...careCommands(mirror),
    ...editCommands(mirror),
    ...proxyCommands(mirror),
    ...removeCommands(mirror),
  } satisfies Record<string, Run>;
}
