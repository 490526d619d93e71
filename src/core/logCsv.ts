import type { RequestLogItem } from '../contract/requestLog.ts';

/** What ids are called; undefined for those that are gone. */
export interface LogNames { readonly account: (id: string) => string | undefined; readonly key: (id: string) => string | undefined }

type Cell = string | number | null;
type Column = readonly [name: string, of: (item: RequestLogItem, names: LogNames) => Cell];

const columns: readonly Column[] = [
  ['id', ({ id }) => id], ['time', ({ createdAt }) => new Date(createdAt * 1_000).toISOString()], ['traceId', ({ traceId }) => traceId],
  ['account', ({ accountId }, names) => (accountId === null ? null : names.account(accountId) ?? accountId)], ['accountId', ({ accountId }) => accountId],
  ['key', ({ keyId }, names) => (keyId === null ? null : names.key(keyId) ?? keyId)], ['keyId', ({ keyId }) => keyId],
  ['client', ({ client }) => client], ['dialect', ({ dialect }) => dialect], ['method', ({ method }) => method], ['path', ({ requestPath }) => requestPath],
  ['model', ({ model }) => model], ['modelServed', ({ modelServed }) => modelServed], ['effort', ({ reasoningEffort }) => reasoningEffort], ['upstreamUrl', ({ upstreamUrl }) => upstreamUrl],
  ['status', ({ statusCode }) => statusCode], ['error', ({ error }) => error], ['attempts', ({ attempts }) => attempts.length],
  ['inputTokens', ({ inputTokens }) => inputTokens], ['cachedInputTokens', ({ cachedInputTokens }) => cachedInputTokens], ['cacheWriteTokens', ({ cacheWriteTokens }) => cacheWriteTokens],
  ['outputTokens', ({ outputTokens }) => outputTokens], ['reasoningOutputTokens', ({ reasoningOutputTokens }) => reasoningOutputTokens], ['totalTokens', ({ totalTokens }) => totalTokens],
  ['estimatedCostUsd', ({ estimatedCostUsd }) => estimatedCostUsd], ['priceVersion', ({ priceVersion }) => priceVersion],
  ['firstByteMs', ({ firstByteMs }) => firstByteMs], ['durationMs', ({ durationMs }) => durationMs], ['requestBytes', ({ requestBytes }) => requestBytes], ['responseBytes', ({ responseBytes }) => responseBytes],
  ['conversation', ({ conversation }) => conversation],
];

/** The names of the columns. */
export const csvHeader = lineOf(columns.map(([name]) => name));

/** One request of the log as a line of CSV (RFC 4180), with its line break. */
export function csvLine(item: RequestLogItem, names: LogNames): string {
  return lineOf(columns.map(([, of]) => of(item, names)));
}

function lineOf(cells: readonly Cell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/** A spreadsheet takes a text that begins like a formula for one and runs it: a quote in front makes it text. Numbers are ours and stay as they are. */
function cellOf(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
