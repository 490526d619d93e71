/** A condition on rows of `requests`, with its parameters. */
export interface Condition { readonly sql: string; readonly parameters: readonly (string | number)[] }

const columns: Readonly<Record<string, string>> = {
  account: 'account_id', account_id: 'account_id', path: 'request_path', request_path: 'request_path', method: 'method', model: 'model', error: 'error',
  reasoning: 'reasoning_effort', reason: 'reasoning_effort', key: 'key_id', key_id: 'key_id', upstream: 'upstream_url', url: 'upstream_url',
};
const searched = [
  'request_path', 'method', 'account_id', 'model', 'reasoning_effort', 'error', 'key_id', 'upstream_url', 'status_code',
  'input_tokens', 'cached_input_tokens', 'output_tokens', 'total_tokens', 'reasoning_output_tokens', 'estimated_cost_usd',
];

/**
 * CodexManager's query syntax: `prefix:value` contains, `prefix:=value` equals, `status:5xx` a class, `status:429` a number; anything else is looked for
 * in every column. `%` and `_` stand for themselves.
 */
export function readQuery(query: string): Condition | null {
  const text = query.trim();
  if (text === '') return null;
  const match = /^(\w+):(=?)(.*)$/s.exec(text);
  const [prefix, exact, value] = [match?.[1]?.toLowerCase() ?? '', match?.[2] === '=', match?.[3]?.trim() ?? ''];
  const status = prefix === 'status' ? statusCondition(value) : null;
  if (status) return status;
  const column = columns[prefix];
  if (column === undefined || value === '') return { sql: `(${searched.map((name) => `${name} LIKE ?1 ESCAPE '\\'`).join(' OR ')})`, parameters: [contains(text)] };
  return exact ? { sql: `${column} = ?1`, parameters: [value] } : { sql: `${column} LIKE ?1 ESCAPE '\\'`, parameters: [contains(value)] };
}

function statusCondition(value: string): Condition | null {
  if (/^\dxx$/i.test(value)) {
    const first = Number(value[0]) * 100;
    return { sql: 'status_code BETWEEN ?1 AND ?2', parameters: [first, first + 99] };
  }
  return /^\d+$/.test(value) ? { sql: 'status_code = ?1', parameters: [Number(value)] } : null;
}

function contains(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
