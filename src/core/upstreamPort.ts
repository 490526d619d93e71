/** One HTTP call to the provider. `headers` is a flat list: name, value, name, value … */
export interface UpstreamRequest {
  readonly origin: string;
  /** The proxy this call alone goes through; null: the way everybody goes. */
  readonly proxy: string | null;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: readonly string[];
  readonly body: Uint8Array | null;
  /** Longest wait for the answer's headers, ms; 0 = none. */
  readonly headersTimeoutMs: number;
  /** Longest silence inside the answer's body, ms; 0 = none. */
  readonly idleTimeoutMs: number;
}

/** Why a call ended without a whole answer. `connect`: nothing of the request was sent; a proxy's refusal is such a one, and its message says it in words. */
export type TransportFailure = { readonly kind: 'connect' | 'reset' | 'headerTimeout' | 'idle' | 'aborted'; readonly message: string };

export type UpstreamHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Receives one answer. Exactly one of onEnd and onFailure is called, last. */
export interface UpstreamHandler {
  /** Lower-case header names. */
  onHead(status: number, headers: UpstreamHeaders): void;
  onData(chunk: Uint8Array): void;
  onEnd(): void;
  onFailure(failure: TransportFailure): void;
}

/** The running call. abort() ends it at once; onFailure then says `aborted`. */
export interface UpstreamTurn {
  pause(): void;
  resume(): void;
  abort(): void;
}

export type OpenTurn = (request: UpstreamRequest, handler: UpstreamHandler) => UpstreamTurn;
