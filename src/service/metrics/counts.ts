/** A counter with labels, cheap enough for every request: what is told is only added up here, and read when somebody asks for it. */
export class Counts {
  readonly labels: readonly string[];
  readonly #most: number;
  readonly #values = new Map<string, number>();

  /** At most `most` combinations of labels; what comes beyond counts as `other`, so that nobody can make the list endless. */
  constructor(labels: readonly string[], most = 200) {
    this.labels = labels;
    this.#most = most;
  }

  add(amount: number, ...values: readonly string[]): void {
    const name = values.join('\n');
    const before = this.#values.get(name);
    if (before !== undefined) this.#values.set(name, before + amount);
    else if (this.#values.size < this.#most) this.#values.set(name, amount);
    else this.#addOther(amount);
  }

  *entries(): Iterable<{ readonly labels: Record<string, string>; readonly value: number }> {
    for (const [name, value] of this.#values) yield { labels: labelled(this.labels, name.split('\n')), value };
  }

  #addOther(amount: number): void {
    const name = this.labels.map(() => 'other').join('\n');
    this.#values.set(name, (this.#values.get(name) ?? 0) + amount);
  }
}

function labelled(labels: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label, i) => [label, values[i] ?? 'other']));
}

/** How often values fell into which range. */
export class Buckets {
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum = 0;
  count = 0;

  /** Upper bounds, ascending; beyond the last one lies everything else. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = bounds.map(() => 0);
  }

  add(value: number): void {
    this.sum += value;
    this.count += 1;
    for (let i = 0; i < this.bounds.length; i += 1) {
      if (value > (this.bounds[i] ?? Infinity)) continue;
      this.counts[i] = (this.counts[i] ?? 0) + 1;
      return;
    }
  }
}
