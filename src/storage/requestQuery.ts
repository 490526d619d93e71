/** A condition on rows of one table, with its parameters. */
export interface Condition { readonly sql: string; readonly parameters: readonly (string | number)[] }

/** What a search asks for: a request matches when one of these holds. Null takes no part. */
export interface RequestFilter {
  /** On the table `facets`. */
  readonly facet: Condition | null;
  /** On the column `error` of `requests`. */
  readonly error: Condition | null;
  /** On the column `numbers` of `requests`. */
  readonly numbers: Condition | null;
}

const columns: Readonly<Record<string, string>> = {
  account: 'account_id', account_id: 'account_id', path: 'request_path', request_path: 'request_path', method: 'method', model: 'model',
  reasoning: 'reasoning_effort', reason: 'reasoning_effort', key: 'key_id', key_id: 'key_id', upstream: 'upstream_url', url: 'upstream_url',
};
const searched = ['request_path', 'method', 'account_id', 'model', 'reasoning_effort', 'key_id', 'upstream_url', 'status_code'];

/**
 * CodexManager's query syntax: `prefix:value` contains, `prefix:=value` equals, `status:5xx` a class, `status:429` a number; anything else is looked for
 * in every column. `%` and `_` stand for themselves. Null when everything matches.
 */
export function readQuery(query: string): RequestFilter | null {
  const text = query.trim();
  if (text === '') return null;
  const match = /^(\w+)\s*:\s*(=?)(.*)$/s.exec(text);
  const [prefix, exact, value] = [match?.[1]?.toLowerCase() ?? '', match?.[2] === '=', match?.[3]?.trim() ?? ''];
  if (value === '') return everywhere(text);
  if (prefix === 'error') return { ...nothing, error: compare('error', value, exact) };
  const facet = prefix === 'status' ? statusCondition(value) : columnCondition(prefix, value, exact);
  return facet ? { ...nothing, facet } : everywhere(text);
}

const nothing: RequestFilter = { facet: null, error: null, numbers: null };

function columnCondition(prefix: string, value: string, exact: boolean): Condition | null {
  const column = Object.hasOwn(columns, prefix) ? columns[prefix] : undefined;
  return column === undefined ? null : compare(column, value, exact);
}

function statusCondition(value: string): Condition | null {
  if (/^\dxx$/i.test(value)) {
    const first = Number(value[0]) * 100;
    return { sql: 'status_code BETWEEN ? AND ?', parameters: [first, first + 99] };
  }
  return /^\d+$/.test(value) ? { sql: 'status_code = ?', parameters: [Number(value)] } : null;
}

function everywhere(text: string): RequestFilter {
  return {
    facet: { sql: searched.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(' OR '), parameters: searched.map(() => containing(text)) },
    error: compare('error', text, false),
    // Only what looks like a piece of a number can be in one.
    numbers: /^[0-9.e+-]+$/i.test(text) ? compare('numbers', text, false) : null,
  };
}

function compare(column: string, value: string, exact: boolean): Condition {
  return exact ? { sql: `${column} = ?`, parameters: [value] } : { sql: `${column} LIKE ? ESCAPE '\\'`, parameters: [containing(value)] };
}

function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
