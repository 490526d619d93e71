/** What an upstream said when it refused: read from an HTTP body, an `error` event or a `response.failed`. Null where it did not say. */
export interface UpstreamError {
  /** The HTTP status, or the status an error event names; null when neither says one. */
  readonly status: number | null;
  readonly code: string | null;
  readonly type: string | null;
  readonly message: string | null;
  readonly planType: string | null;
  /** Unix seconds. */
  readonly resetsAt: number | null;
  readonly resetsInSeconds: number | null;
  /** The body was an HTML page: a challenge, not an answer. */
  readonly html: boolean;
}
