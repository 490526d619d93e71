import type { RequestLogRow } from '../core/records.ts';
import type { GatewayDeps } from './ports.ts';
import type { TurnEntry } from './turn.ts';

export interface RowFacts {
  readonly method: string;
  readonly path: string;
  readonly traceId: string;
  readonly status: number;
  readonly error: string | null;
  /** Of the client; null for what is no turn. */
  readonly dialect: string | null;
  /** As it was sent, with its headers. */
  readonly responseBytes: number;
  /** Unix ms. */
  readonly now: number;
}

/** The log row of a finished request. */
export function requestRow(entry: TurnEntry, prices: GatewayDeps['prices'], { method, path, traceId, status, error, now, dialect, responseBytes }: RowFacts): RequestLogRow {
  const { usage, startedAt, firstByteAt } = entry;
  const cost = usage === null || entry.model === null ? null : prices.costOf(entry.model, usage);
  return {
    keyId: entry.keyId,
    accountId: entry.accountId,
    requestPath: path,
    method,
    model: entry.model,
    reasoningEffort: entry.effort,
    upstreamUrl: entry.upstreamUrl,
    statusCode: status,
    inputTokens: usage?.input ?? null,
    cachedInputTokens: usage?.cached ?? null,
    outputTokens: usage?.output ?? null,
    totalTokens: usage?.total ?? null,
    reasoningOutputTokens: usage?.reasoning ?? null,
    estimatedCostUsd: cost,
    priceVersion: cost === null ? null : prices.version,
    error,
    createdAt: Math.floor(startedAt / 1000),
    attempts: entry.attempts,
    firstByteMs: firstByteAt === null ? null : firstByteAt - startedAt,
    durationMs: now - startedAt,
    traceId,
    route: entry.route,
    client: entry.client,
    dialect,
    modelServed: entry.modelServed,
    cacheWriteTokens: usage?.cacheWritten ?? null,
    requestBytes: entry.requestBytes,
    responseBytes,
    // As much of it as tells conversations apart.
    conversation: entry.conversation?.slice(0, 16) ?? null,
  };
}
