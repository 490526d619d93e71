import * as z from 'zod/mini';
import type { Account } from '../../contract/account.ts';
import { isNeeding, isServing } from '../../core/display/accountState.ts';
import { numberText } from '../../core/display/format.ts';

export const SortBy = z.enum(['order', 'left', 'reset', 'name']);
export type SortBy = z.infer<typeof SortBy>;
export const FilterBy = z.enum(['all', 'usable', 'low', 'needsAction', 'text']);
export type FilterBy = z.infer<typeof FilterBy>;

/** How a window looks at the accounts. `text` counts only with that filter. */
export const Lens = z.object({ sort: SortBy, filter: FilterBy, text: z.string() });
export type Lens = z.infer<typeof Lens>;
export const plainLens: Lens = { sort: 'order', filter: 'all', text: '' };

/** Whether the filter lets accounts through; made once for many. */
export function filterOf({ filter, text }: Lens): (account: Account) => boolean {
  switch (filter) {
    case 'all': return () => true;
    case 'usable': return isServing;
    case 'low': return ({ status }) => status === 'low';
    case 'needsAction': return isNeeding;
    case 'text': return textFilter(text);
  }
}

/** Every word somewhere in label, e-mail, group, tags or plan. */
function textFilter(text: string): (account: Account) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return ({ label, email, groupName, tags, plan }) => {
    const told = [label, email, groupName, plan, ...tags].join('\n').toLowerCase();
    return words.every((word) => told.includes(word));
  };
}

const sortWords: Readonly<Record<SortBy, string | null>> = { order: null, left: 'by what is left', reset: 'by next reset', name: 'by name' };

/** What the view's title says beside its name: `3 of 14 · low · by name`; undefined when everything is shown in its order. */
export function lensText({ sort, filter, text }: Lens, shown: number, total: number): string | undefined {
  const words = filter === 'text' ? `“${text}”` : filter === 'needsAction' ? 'needs action' : filter;
  const parts = [...(filter === 'all' ? [] : [`${numberText(shown)} of ${numberText(total)}`, words]), sortWords[sort]].filter((part) => part !== null);
  return parts.length === 0 ? undefined : parts.join(' · ');
}
