import type { Clock } from '../../core/clock.ts';
import type { Disposable } from '../../core/scope.ts';
import { accountStatus } from '../../core/accountStatus.ts';
import type { AccountPool } from '../accountPool.ts';
import type { RequestRecorder } from '../requestRecorder.ts';
import type { RouteTable } from '../routeTable.ts';
import type { Counts } from './counts.ts';
import { EventLoopDelay } from './eventLoop.ts';
import { MetricsRegistry } from './registry.ts';
import type { RequestMeter } from './requestMeter.ts';

export interface MetricsDeps {
  readonly clock: Clock;
  readonly pool: AccountPool;
  readonly routes: Pick<RouteTable, 'totalRunning'>;
  readonly recorder: Pick<RequestRecorder, 'failed' | 'waiting'>;
  /** Readings of usage. */
  readonly usage: { readonly attempts: number; readonly failures: number; readonly ms: number };
  /** Renewals of logins, by `outcome`. */
  readonly renewals: Counts;
  /** Calls of the control plane. */
  readonly calls: { readonly count: number; readonly failed: number; readonly ms: number };
}

export interface Metrics extends Disposable {
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

const prefix = 'codexmanager_';

/** Every series of CodexManager v0.1.3 under its name (behaviour reference 12), and ours. Counted since the engine started. */
export function composeMetrics(meter: RequestMeter, deps: MetricsDeps): Metrics {
  const registry = new MetricsRegistry();
  const eventLoop = new EventLoopDelay();
  declareOriginal(registry, meter, deps);
  declareRequests(registry, meter);
  declareEngine(registry, deps, eventLoop);
  return { text: () => registry.text(), dispose: () => eventLoop.dispose() };
}

function declareOriginal(registry: MetricsRegistry, meter: RequestMeter, { pool, routes, recorder, usage, calls }: MetricsDeps): void {
  const counter = (name: string, help: string, read: () => number): void => registry.counter(prefix + name, help, read);
  const gauge = (name: string, help: string, read: () => number): void => registry.gauge(prefix + name, help, read);
  counter('gateway_requests_total', 'Requests to the gateway, refused ones too.', () => meter.requests);
  gauge('gateway_requests_active', 'Turns that run now.', () => meter.active);
  gauge('gateway_account_inflight_total', 'Requests that run on accounts now.', () => routes.totalRunning);
  counter('gateway_failover_attempts_total', 'Accounts that were passed over or failed before another one was asked.', () => meter.failovers);
  counter('gateway_cooldown_marks_total', 'How often an account began to pause or was spent.', () => pool.cooldowns);
  counter('rpc_requests_total', 'Calls of the control plane.', () => calls.count);
  counter('rpc_requests_failed_total', 'Those of them that failed.', () => calls.failed);
  counter('rpc_request_duration_milliseconds_total', 'How long they took together.', () => calls.ms);
  counter('rpc_request_duration_milliseconds_count', 'How many of them there were.', () => calls.count);
  counter('usage_refresh_attempts_total', 'Readings of an account\'s usage.', () => usage.attempts);
  counter('usage_refresh_success_total', 'Those of them that went well.', () => Math.max(0, usage.attempts - usage.failures));
  counter('usage_refresh_failures_total', 'Those of them that failed.', () => usage.failures);
  counter('usage_refresh_duration_milliseconds_total', 'How long they took together.', () => usage.ms);
  counter('usage_refresh_duration_milliseconds_count', 'How many of them there were.', () => usage.attempts);
  counter('db_errors_total', 'Batches of the request log that the database refused.', () => recorder.failed.errors);
  counter('db_busy_total', 'Those of them that failed because it was busy.', () => recorder.failed.busy);
  for (const queue of ['http_queue', 'http_stream_queue']) {
    gauge(`${queue}_capacity`, 'Always 0: a request never waits for a worker here.', () => 0);
    gauge(`${queue}_depth`, 'Always 0: a request never waits for a worker here.', () => 0);
  }
  counter('http_queue_enqueue_failures_total', 'Always 0: a request never waits for a worker here.', () => 0);
  counter('gateway_upstream_attempt_duration_milliseconds_total', 'How long attempts at accounts took together.', () => meter.attemptMs);
  counter('gateway_upstream_attempt_duration_milliseconds_count', 'How many of them there were.', () => meter.attempts);
  counter('gateway_upstream_attempt_errors_total', 'Attempts that ended without an answer of the provider.', () => meter.attemptErrors);
  registry.counts(`${prefix}gateway_requests_labeled_total`, 'Requests by route, class of status and protocol.', meter.labelled);
}

function declareRequests(registry: MetricsRegistry, meter: RequestMeter): void {
  registry.counts(`${prefix}gateway_attempts_total`, 'Attempts at accounts by how they ended.', meter.outcomes);
  registry.counts(`${prefix}gateway_failovers_total`, 'Attempts after which another one was made, by why.', meter.movedBy);
  registry.histogram(`${prefix}gateway_time_to_first_byte_seconds`, 'From a request to the first content of its answer.', meter.firstByte);
  registry.histogram(`${prefix}gateway_request_duration_seconds`, 'From a request to the end of its answer.', meter.duration);
  registry.counts(`${prefix}tokens_total`, 'Tokens as the provider counts them, by model and kind: input holds cached, output holds reasoning.', meter.tokens);
  registry.counts(`${prefix}cost_usd_total`, 'What they would have cost through the API, by model.', meter.cost);
}

function declareEngine(registry: MetricsRegistry, { clock, pool, recorder, renewals }: MetricsDeps, eventLoop: EventLoopDelay): void {
  registry.gauges(`${prefix}accounts`, 'Accounts by state.', 'status', () => {
    const counts = new Map<string, number>();
    const now = clock.now();
    for (const stored of pool.list()) {
      const { status } = accountStatus(stored, now);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    return counts;
  });
  registry.counts(`${prefix}token_refreshes_total`, 'Renewals of logins by how they ended.', renewals);
  registry.gauges(`${prefix}queue_depth`, 'What waits for the disk.', 'queue', () => new Map([['request_log', recorder.waiting.rows], ['trace', recorder.waiting.traceLines]]));
  registry.counter(`${prefix}trace_lines_dropped_total`, 'Lines of the trace that had no room.', () => recorder.waiting.traceDropped);
  registry.gauges(`${prefix}event_loop_delay_seconds`, 'How long the engine\'s thread was held up since the last reading.', 'quantile', () => eventLoop.read());
  registry.gauge('process_resident_memory_bytes', 'Memory of the whole process.', () => process.memoryUsage.rss());
  registry.gauge(`${prefix}heap_used_bytes`, 'Heap of the engine\'s thread.', () => process.memoryUsage().heapUsed);
  registry.counter('process_cpu_seconds_total', 'CPU time of the whole process.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
}
