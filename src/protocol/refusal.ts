/** An error of our own, before a dialect gives it its form. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly type: string;
  /** Safe to show; says what to do. */
  readonly message: string;
  readonly param?: string;
  readonly retryAfterSeconds?: number;
  /** Unix seconds. */
  readonly resetsAt?: number;
  readonly planType?: string;
  /** What Codex prints in the place of its own words about a reached limit. */
  readonly promoMessage?: string;
}
