import type { Settings } from '../contract/settings.ts';

/** All that the leading process's CODEXMANAGER_* variables decide (behaviour reference 14), parsed once at start. */
export interface EngineConfig {
  /** Host as given (`localhost` means 127.0.0.1 and ::1) and port of the gateway; port 0 picks a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Extra `Host` names that are let in, lowercase, without port. */
  readonly allowedHosts: readonly string[];
  /** The gateway is not started by itself. */
  readonly noService: boolean;
  readonly maxBodyBytes: number;
  readonly upstreamBaseUrl: string;
  /** Base of the OpenAI platform, null when there is no fallback. */
  readonly fallbackBaseUrl: string | null;
  readonly issuer: string;
  readonly clientId: string;
  readonly originator: string;
  /** Used as it is when set; else made from the callback listener's address. */
  readonly redirectUri: string | null;
  /** Where the browser's callback is heard. */
  readonly loginListen: { readonly host: string; readonly port: number };
  /** Hosts other than loopback are allowed for it. */
  readonly loginNonLoopback: boolean;
  readonly usageBaseUrl: string;
  readonly connectTimeoutMs: number;
  /** For answers that are not streams. 0 = none. */
  readonly totalTimeoutMs: number;
  /** Longest silence inside a stream. 0 = none. */
  readonly streamTimeoutMs: number;
  /** RPC token and its file for the gateway port's `/rpc`; the file's path is absolute. */
  readonly rpcToken: string | null;
  readonly rpcTokenFile: string;
  readonly upstreamCookie: string | null;
  /** Proxies that accounts are spread over, as written; empty: none. */
  readonly proxyList: string;
  /** Requests share connections to a provider that speaks HTTP/2. */
  readonly upstreamHttp2: boolean;
  /** Under so much left, in percent, an account counts as low. */
  readonly lowPercent: number;
  readonly usage: {
    /** Usage is asked for again and again; live figures come in any case. */
    readonly poll: boolean;
    /** Also while nobody looks and nothing is sent. */
    readonly whenIdle: boolean;
    readonly pace: Pace;
    /** As many accounts are asked at the same time. */
    readonly workers: number;
    /** The same kind of failure of an account is told once in so long; 0 = every time. */
    readonly failureWindowMs: number;
    /** Snapshots of an account that are kept; 0 = all. */
    readonly retainPerAccount: number;
  };
  /** The trace file, `gateway-trace.log` beside the database. */
  readonly trace: {
    /** So much of every request's body is written into it; 0 = nothing. A body is the client's text: whatever secret is in it stands in the file then. */
    readonly previewBytes: number;
    /** Lines that may wait to be written; what is more is left out. */
    readonly queueLines: number;
    /** When it is longer it is renamed, and a new one begins. */
    readonly fileBytes: number;
  };
  readonly keepalive: Pace;
  /** What variables decide of the settings; the rest is a person's. */
  readonly decided: Partial<Settings>;
}

/** How often a loop runs: every `intervalMs` and up to `jitterMs` more; after failures in a row twice as long each time, up to `backoffMaxMs`. */
export interface Pace { readonly intervalMs: number; readonly jitterMs: number; readonly backoffMaxMs: number }
