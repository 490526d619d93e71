/** A column of the log that a term can look at. */
export type QueryColumn = 'account' | 'key' | 'path' | 'method' | 'model' | 'effort' | 'upstream' | 'client' | 'error';

/** One thing that a search asks for. All terms of a search must hold. */
export type QueryTerm =
  /** `ids`: ids whose names fit; they count as well. Only accounts and keys have names. */
  | { readonly kind: 'column'; readonly column: QueryColumn; readonly value: string; readonly exact: boolean; readonly ids: readonly string[] }
  | { readonly kind: 'status'; readonly from: number; readonly to: number }
  /** When the request began, Unix seconds, `from` ≤ time < `to`. */
  | { readonly kind: 'time'; readonly from: number | null; readonly to: number | null }
  /** All tokens of a request; how often an account was asked. Both ends count; null: no limit. */
  | { readonly kind: 'tokens' | 'attempts'; readonly least: number | null; readonly most: number | null }
  /** Looked for in every column. */
  | { readonly kind: 'text'; readonly text: string };

/** The names a term begins with: the original's, then ours. */
export const queryColumns: Readonly<Record<string, QueryColumn>> = {
  account: 'account', account_id: 'account', path: 'path', request_path: 'path', method: 'method', model: 'model', error: 'error',
  reasoning: 'effort', reason: 'effort', key: 'key', key_id: 'key', upstream: 'upstream', url: 'upstream',
  client: 'client', effort: 'effort',
};
export const queryLimits = ['after', 'before', 'min', 'max', 'attempts'] as const;
export type QueryLimit = (typeof queryLimits)[number];
