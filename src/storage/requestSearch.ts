import type { RequestLogItem } from '../contract/requestLog.ts';
import type { QueryTerm } from '../core/logQuery/queryTerm.ts';
import type { RequestPage } from '../core/store.ts';
import type { Database } from './database.ts';
import { readItem, selectItems } from './requestItem.ts';
import { all, conditionsOf, numberCondition, textCondition, type Condition } from './requestQuery.ts';
import type { WordStore } from './wordStore.ts';

/** One way along an index to what is searched for. A search has two where a text may be in a word or in a number. */
interface Way { readonly index: 'requests_searched' | 'requests_numbers'; readonly condition: Condition }

/** Finds requests along narrow indexes; the rows themselves are read only for what is shown. */
export class RequestSearch {
  readonly #database: Database;
  readonly #words: WordStore;

  constructor(database: Database, words: WordStore) {
    this.#database = database;
    this.#words = words;
  }

  /** Newest first: the newest before `beforeId`, or else the oldest after `afterId`. */
  page({ terms, limit, beforeId, afterId }: RequestPage): RequestLogItem[] {
    const ways = this.#waysOf(terms);
    if (ways.length === 0) return [];
    const order = `ORDER BY id ${afterId !== null && beforeId === null ? 'ASC' : 'DESC'} LIMIT ?`;
    const found = ways.map(({ index, condition: { sql } }) => `SELECT id FROM (SELECT id FROM requests INDEXED BY ${index} WHERE id > ? AND id < ? AND ${sql} ${order})`).join(' UNION ');
    const parameters = ways.flatMap(({ condition }) => [afterId ?? -1, beforeId ?? Number.MAX_SAFE_INTEGER, ...condition.parameters, limit]);
    return this.#database.all(`${selectItems} WHERE r.id IN (${found} ${order}) ORDER BY r.id DESC`, [...parameters, limit]).map(readItem);
  }

  /** How many there are; it stops at `most`. */
  count(terms: readonly QueryTerm[], most: number): number {
    const ways = this.#waysOf(terms);
    if (ways.length === 0) return 0;
    const found = ways.map(({ index, condition: { sql } }) => `SELECT id FROM (SELECT id FROM requests INDEXED BY ${index} WHERE ${sql} LIMIT ?)`).join(' UNION ');
    return Number(this.#database.value(`SELECT count(*) FROM (${found} LIMIT ?)`, [...ways.flatMap(({ condition }) => [...condition.parameters, most]), most]));
  }

  /** Empty when nothing can match. */
  #waysOf(terms: readonly QueryTerm[]): Way[] {
    const conditions = conditionsOf(terms);
    let number: Condition | null = null;
    let inWord: Condition | null = null;
    for (const { text } of terms.filter((term) => term.kind === 'text')) {
      const [words, numbers] = [textCondition(text, (pattern) => this.#words.kindsWith(pattern)), numberCondition(text)];
      if (words === null && numbers === null) return [];
      if (numbers === null || number !== null) conditions.push(either(words, numbers));
      else [number, inWord] = [numbers, words];
    }
    if (number === null) return [{ index: 'requests_searched', condition: all(conditions) }];
    const byNumber: Way = { index: 'requests_numbers', condition: all([number, ...conditions]) };
    return inWord === null ? [byNumber] : [{ index: 'requests_searched', condition: all([...conditions, inWord]) }, byNumber];
  }
}

function either(...conditions: readonly (Condition | null)[]): Condition {
  const some = conditions.filter((condition) => condition !== null);
  return { sql: some.map(({ sql }) => sql).join(' OR '), parameters: some.flatMap(({ parameters }) => parameters) };
}
