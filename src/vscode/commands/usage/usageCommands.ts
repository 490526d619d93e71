import { AppError } from '../../../core/appError.ts';
import { commands } from '../../ids.ts';
import type { Mirror } from '../../mirror.ts';
import { accountIdsOf } from '../../views/rowModel.ts';
import { chosen, chosenOne, idsOf } from '../chosen.ts';
import type { Run } from '../register.ts';
import { redeemReset } from './redeemReset.ts';
import { refreshUsage } from './refreshUsage.ts';

/** Asking what is left, and getting it back. */
export function usageCommands(mirror: Mirror) {
  return {
    /** VS Code hands the selected rows to the icons of a view's title too; there all accounts are meant. */
    [commands.refreshUsage]: () => refreshUsage(mirror),
    [commands.refreshUsageOf]: async (rows) => {
      const accounts = await chosen(mirror, rows, { title: 'Refresh the usage of which accounts?' });
      if (accounts.length > 0) await refreshUsage(mirror, idsOf(accounts));
    },
    [commands.redeemReset]: async (rows) => {
      const [id] = accountIdsOf(rows);
      const account = id === undefined ? await chosenOne(mirror, [], { title: 'Redeem a reset of which account?', fits: ({ resetCredits }) => resetCredits > 0 }) : mirror.snapshot.accounts?.find((one) => one.id === id);
      if (account === undefined) throw new AppError('notFound', 'This account is gone.');
      if (account) await redeemReset(mirror, account);
    },
  } satisfies Record<string, Run>;
}
