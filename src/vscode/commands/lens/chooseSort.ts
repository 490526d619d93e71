import type { LensKeeper } from '../../lensKeeper.ts';
import type { SortBy } from '../../views/accountLens.ts';
import { pickMarked } from './pickMarked.ts';

const sorts: readonly { readonly value: SortBy; readonly label: string; readonly description: string }[] = [
  { value: 'order', label: '$(list-ordered) Order', description: 'as requests try them; drag to change it' },
  { value: 'left', label: '$(dashboard) What Is Left', description: 'the fullest first' },
  { value: 'reset', label: '$(clock) Next Reset', description: 'the next to be full again first' },
  { value: 'name', label: '$(case-sensitive) Name', description: 'from A to Z' },
];

/** Within their groups. */
export async function chooseSort(lens: LensKeeper): Promise<void> {
  const sort = await pickMarked('Sort Accounts', 'By what? Requests go by the order in any case', () => sorts.map((item) => ({ ...item, current: item.value === lens.lens.sort })));
  if (sort !== null) await lens.set({ sort });
}
