import type { RequestLogRow } from '../../core/records.ts';
import type { Meter } from '../../gateway/ports.ts';
import { routeLabel, statusClass } from './labels.ts';
import { Buckets, Counts } from './counts.ts';

/** Seconds: from a local answer to a long turn. */
const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] as const;
/** As many models are told apart: a client may send any name. */
const mostModels = 50;
const nothing = '';

/** What the gateway's requests add up to since the engine started. */
export class RequestMeter implements Meter {
  /** Everything that came to the gateway's port, refused or not; the probes aside. */
  requests = 0;
  /** Turns that run now. */
  active = 0;
  failovers = 0;
  attemptErrors = 0;
  attempts = 0;
  attemptMs = 0;
  readonly labelled = new Counts(['route', 'status_class', 'protocol']);
  readonly outcomes = new Counts(['outcome'], 60);
  readonly movedBy = new Counts(['reason'], 60);
  readonly tokens = new Counts(['model', 'kind'], mostModels * 5);
  readonly cost = new Counts(['model'], mostModels);
  readonly duration = new Buckets(seconds);
  readonly firstByte = new Buckets(seconds);

  /** A request is over. `protocol` of its key, null when there was none. */
  ended(row: RequestLogRow, protocol: string | null): void {
    this.labelled.add(1, routeLabel(row.requestPath), statusClass(row.statusCode), protocol ?? 'unknown');
    this.duration.add(row.durationMs / 1000);
    if (row.firstByteMs !== null) this.firstByte.add(row.firstByteMs / 1000);
    this.#attempts(row);
    this.#tokens(row);
  }

  answered(path: string, status: number): void {
    this.labelled.add(1, routeLabel(path), statusClass(status), 'unknown');
  }

  /** As the original counts: every account that was passed over, and every one that failed before another was asked. */
  #attempts({ attempts, route }: RequestLogRow): void {
    this.failovers += Math.max(0, attempts.length - 1) + (route?.skipped.length ?? 0);
    for (let i = 0; i < attempts.length; i += 1) {
      const attempt = attempts[i];
      if (!attempt) continue;
      this.attempts += 1;
      this.attemptMs += attempt.ms;
      if (attempt.status === null) this.attemptErrors += 1;
      this.outcomes.add(1, attempt.reason);
      if (i < attempts.length - 1) this.movedBy.add(1, attempt.reason);
    }
  }

  #tokens(row: RequestLogRow): void {
    const model = row.model ?? nothing;
    const { inputTokens, cachedInputTokens, outputTokens, reasoningOutputTokens, cacheWriteTokens, estimatedCostUsd } = row;
    if (inputTokens !== null) this.tokens.add(Math.max(0, inputTokens), model, 'input');
    if (cachedInputTokens !== null) this.tokens.add(Math.max(0, cachedInputTokens), model, 'cached');
    if (outputTokens !== null) this.tokens.add(Math.max(0, outputTokens), model, 'output');
    if (reasoningOutputTokens !== null) this.tokens.add(Math.max(0, reasoningOutputTokens), model, 'reasoning');
    if (cacheWriteTokens !== null) this.tokens.add(Math.max(0, cacheWriteTokens), model, 'cache_write');
    if (estimatedCostUsd !== null) this.cost.add(Math.max(0, estimatedCostUsd), model);
  }
}
