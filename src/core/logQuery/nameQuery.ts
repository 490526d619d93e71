import type { QueryTerm } from './queryTerm.ts';

/** An account or a key by what a person calls it. */
export interface Named { readonly id: string; readonly names: readonly (string | null)[] }

export interface QueryNames { readonly accounts: () => Iterable<Named>; readonly keys: () => Iterable<Named> }

/** The log knows ids only: terms about accounts and keys get the ids of those whose names fit, in any case. */
export function nameQuery(terms: readonly QueryTerm[], names: QueryNames): QueryTerm[] {
  return terms.map((term) => {
    if (term.kind !== 'column' || (term.column !== 'account' && term.column !== 'key')) return term;
    return { ...term, ids: fitting(term.column === 'account' ? names.accounts() : names.keys(), term.value.toLowerCase(), term.exact) };
  });
}

function fitting(all: Iterable<Named>, value: string, exact: boolean): string[] {
  const ids: string[] = [];
  for (const { id, names } of all) {
    if (names.some((name) => name !== null && (exact ? name.toLowerCase() === value : name.toLowerCase().includes(value)))) ids.push(id);
  }
  return ids;
}
