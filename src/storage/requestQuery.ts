import type { QueryTerm } from '../core/logQuery/queryTerm.ts';
import type { WordKind } from './wordStore.ts';

/** A condition on rows of `requests`, with its parameters. */
export interface Condition { readonly sql: string; readonly parameters: readonly (string | number)[] }

/** Free text looks into the original's columns. */
const searched: ReadonlySet<WordKind> = new Set(['path', 'method', 'account', 'model', 'effort', 'error', 'key', 'upstream', 'status']);

/** What the terms other than free text ask for: numbers of the request first, which cost least. */
export function conditionsOf(terms: readonly QueryTerm[]): Condition[] {
  const numbers: Condition[] = [];
  const words: Condition[] = [];
  for (const term of terms) {
    if (term.kind === 'status') words.push(inWords('status', 'CAST(text AS INTEGER) BETWEEN ? AND ?', [term.from, term.to]));
    else if (term.kind === 'column') words.push(columnOf(term));
    else if (term.kind === 'time') numbers.push(...limit('created_at >= ?', term.from), ...limit('created_at < ?', term.to));
    else if (term.kind !== 'text') {
      const column = term.kind === 'tokens' ? 'total_tokens' : 'attempt_count';
      numbers.push(...limit(`${column} >= ?`, term.least), ...limit(`${column} <= ?`, term.most));
    }
  }
  return [...numbers, ...words];
}

/** One of the words that hold the text; null when none does. `kindsWith` tells which kinds have one. */
export function textCondition(text: string, kindsWith: (pattern: string) => readonly WordKind[]): Condition | null {
  const pattern = containing(text);
  const kinds = kindsWith(pattern).filter((kind) => searched.has(kind));
  if (kinds.length === 0) return null;
  const conditions = kinds.map((kind) => inWords(kind, 'text LIKE ? ESCAPE \'\\\'', [pattern]));
  return { sql: conditions.map(({ sql }) => sql).join(' OR '), parameters: conditions.flatMap(({ parameters }) => parameters) };
}

/** Only what looks like a piece of a number can be in one. */
export function numberCondition(text: string): Condition | null {
  return /^[0-9.e+-]+$/i.test(text) ? { sql: 'instr(numbers, ?)', parameters: [text.toLowerCase()] } : null;
}

export function all(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: '1', parameters: [] };
  return { sql: conditions.map(({ sql }) => `(${sql})`).join(' AND '), parameters: conditions.flatMap(({ parameters }) => parameters) };
}

function columnOf({ column, value, exact, ids }: Extract<QueryTerm, { kind: 'column' }>): Condition {
  const own = exact ? 'text = ?' : 'text LIKE ? ESCAPE \'\\\'';
  const parameters = [exact ? value : containing(value)];
  return ids.length === 0 ? inWords(column, own, parameters) : inWords(column, `(${own} OR text IN (SELECT value FROM json_each(?)))`, [...parameters, JSON.stringify(ids)]);
}

function inWords(kind: WordKind, sql: string, parameters: readonly (string | number)[]): Condition {
  return { sql: `${kind}_word IN (SELECT id FROM words WHERE kind = '${kind}' AND ${sql})`, parameters };
}

function limit(sql: string, value: number | null): Condition[] {
  return value === null ? [] : [{ sql, parameters: [value] }];
}

function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
