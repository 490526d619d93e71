import type { RequestLogRow } from './records.ts';

/** A request-log row as it crosses to the databases' thread: values in the order of the table's columns, because names would cost as much again. */
export type LogTuple = readonly [
  traceId: string, createdAt: number, keyId: string | null, accountId: string | null, method: string, requestPath: string, model: string | null, reasoningEffort: string | null,
  upstreamUrl: string | null, statusCode: number | null, error: string | null, inputTokens: number | null, cachedInputTokens: number | null, outputTokens: number | null,
  totalTokens: number | null, reasoningOutputTokens: number | null, estimatedCostUsd: number | null, firstByteMs: number | null, durationMs: number, attempts: string, route: string | null,
  client: string | null, dialect: string | null, modelServed: string | null, cacheWriteTokens: number | null, requestBytes: number | null, responseBytes: number | null, conversation: string | null,
  attemptCount: number, priceVersion: number | null,
];

/** Counts and times are whole numbers in the table. */
export function logTuple(row: RequestLogRow): LogTuple {
  return [
    row.traceId, row.createdAt, row.keyId, row.accountId, row.method, row.requestPath, row.model, row.reasoningEffort, row.upstreamUrl, row.statusCode, row.error,
    whole(row.inputTokens), whole(row.cachedInputTokens), whole(row.outputTokens), whole(row.totalTokens), whole(row.reasoningOutputTokens), row.estimatedCostUsd,
    whole(row.firstByteMs), Math.round(row.durationMs), JSON.stringify(row.attempts),
    row.route && JSON.stringify(row.route), row.client, row.dialect, row.modelServed, whole(row.cacheWriteTokens), whole(row.requestBytes), whole(row.responseBytes), row.conversation,
    row.attempts.length, row.priceVersion,
  ];
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
