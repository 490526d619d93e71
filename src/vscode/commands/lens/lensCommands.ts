import { commands } from '../../ids.ts';
import type { LensKeeper } from '../../lensKeeper.ts';
import type { Mirror } from '../../mirror.ts';
import type { Run } from '../register.ts';
import { filterAccounts } from './filterAccounts.ts';
import { chooseSort } from './chooseSort.ts';

/** How this window shows the accounts. */
export function lensCommands(mirror: Mirror, lens: LensKeeper) {
  const filter: Run = () => filterAccounts(mirror, lens);
  return {
    [commands.sortAccounts]: () => chooseSort(lens),
    [commands.filterAccounts]: filter,
    /** The same with an icon that says that there is a filter. */
    [commands.changeFilter]: filter,
    [commands.showAllAccounts]: () => lens.set({ filter: 'all', text: '' }),
  } satisfies Record<string, Run>;
}
