import { Counter, Gauge, Registry } from 'prom-client';
import type { Buckets, Counts } from './counts.ts';

/** Where metrics are declared: each one reads what was added up elsewhere, at the moment somebody asks. */
export class MetricsRegistry {
  readonly #registry = new Registry();

  counter(name: string, help: string, read: () => number): void {
    new Counter({ name, help, registers: [this.#registry], collect() { this.reset(); this.inc(read()); } });
  }

  counts(name: string, help: string, counts: Counts): void {
    new Counter({
      name, help, labelNames: [...counts.labels], registers: [this.#registry],
      collect() {
        this.reset();
        for (const { labels, value } of counts.entries()) this.inc(labels, value);
      },
    });
  }

  gauge(name: string, help: string, read: () => number): void {
    new Gauge({ name, help, registers: [this.#registry], collect() { this.set(read()); } });
  }

  /** One value for each `label`. */
  gauges(name: string, help: string, label: string, read: () => ReadonlyMap<string, number>): void {
    new Gauge({
      name, help, labelNames: [label], registers: [this.#registry],
      collect() {
        this.reset();
        for (const [value, amount] of read()) this.set({ [label]: value }, amount);
      },
    });
  }

  /** prom-client's own histogram would hash its labels with every value; this one is filled by the hot path for next to nothing. */
  histogram(name: string, help: string, buckets: Buckets): void {
    const series = (): { readonly value: number; readonly labels: Record<string, string>; readonly metricName: string }[] => {
      let below = 0;
      const bounded = buckets.bounds.map((bound, i) => ({ metricName: `${name}_bucket`, labels: { le: String(bound) }, value: below += buckets.counts[i] ?? 0 }));
      return [...bounded, { metricName: `${name}_bucket`, labels: { le: '+Inf' }, value: buckets.count }, { metricName: `${name}_sum`, labels: {}, value: buckets.sum }, { metricName: `${name}_count`, labels: {}, value: buckets.count }];
    };
    const metric = { name, help, type: 'histogram', aggregator: 'sum', get: () => Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values: series() }) };
    // The registry asks its metrics for no more than a name and get().
    this.#registry.registerMetric(metric as unknown as Gauge);
  }

  /** Prometheus' text format, and its content type. */
  async text(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}
