import { numberText } from '../../../core/display/format.ts';
import type { LensKeeper } from '../../lensKeeper.ts';
import type { Mirror } from '../../mirror.ts';
import { filterOf, type FilterBy, type Lens } from '../../views/accountLens.ts';
import { pickMarked, type Marked } from './pickMarked.ts';

const filters: readonly { readonly filter: FilterBy; readonly label: string }[] = [
  { filter: 'all', label: '$(clear-all) All Accounts' },
  { filter: 'usable', label: '$(pass) Usable' },
  { filter: 'low', label: '$(warning) Low' },
  { filter: 'needsAction', label: '$(key) Needs Action' },
];

/** By state, or by what is typed: words in label, e-mail, group, tags or plan. */
export async function filterAccounts(mirror: Mirror, lens: LensKeeper): Promise<void> {
  const counts = new Map(filters.map(({ filter }) => [filter, countOf(mirror, { filter, text: '' })]));
  const change = await pickMarked('Filter Accounts', 'Choose, or type a name, e-mail, group, tag or plan', (typed) => [...textItems(mirror, lens.lens, typed), ...filters.map(({ filter, label }) => ({
    label, description: counts.get(filter) ?? '', value: { filter, text: '' }, current: lens.lens.filter === filter,
  }))]);
  if (change) await lens.set(change);
}

type Change = Pick<Lens, 'filter' | 'text'>;

/** The text that is typed, else the one that is in force. */
function textItems(mirror: Mirror, { filter, text }: Lens, typed: string): Marked<Change>[] {
  const wanted = typed === '' && filter === 'text' ? text : typed;
  if (wanted === '') return [];
  const value: Change = { filter: 'text', text: wanted };
  return [{ label: `$(search) “${wanted}”`, description: countOf(mirror, value), value, current: filter === 'text' && text === wanted, alwaysShow: true }];
}

function countOf(mirror: Mirror, change: Change): string {
  const accounts = mirror.snapshot.accounts ?? [];
  return numberText(change.filter === 'all' ? accounts.length : accounts.filter(filterOf({ sort: 'order', ...change })).length);
}
