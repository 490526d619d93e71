import { AppError } from './appError.ts';
import type { EngineConfig, Pace } from './engineConfig.ts';
import { flagOf, variableSettings } from './settingVariables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const prefix = 'CODEXMANAGER_';
const chatgptHost = /^https?:\/\/(chatgpt\.com|chat\.openai\.com)(\/|$)/;

/**
 * The engine's configuration out of CODEXMANAGER_* variables, with CodexManager v0.1.3's defaults and parse rules: text is trimmed and blank counts as
 * unset; a number that is none counts as unset. Throws AppError `badRequest`, naming the variable, for an address that cannot be one.
 */
export function parseEngineConfig(env: Environment, dbPath: string): EngineConfig {
  const upstreamBaseUrl = normalBase(address(env, 'UPSTREAM_BASE_URL') ?? 'https://chatgpt.com/backend-api/codex');
  const fallback = address(env, 'UPSTREAM_FALLBACK_BASE_URL');
  return {
    listen: listenAddress('SERVICE_ADDR', text(env, 'SERVICE_ADDR') ?? 'localhost:48760'),
    allowedHosts: (text(env, 'ALLOWED_HOSTS') ?? '').split(',').map((host) => host.trim().toLowerCase()).filter((host) => host !== ''),
    // Its presence counts, whatever it says, as in the original.
    noService: env[`${prefix}NO_SERVICE`] !== undefined,
    maxBodyBytes: integer(env, 'FRONT_PROXY_MAX_BODY_BYTES', 16_777_216),
    upstreamBaseUrl,
    fallbackBaseUrl: fallback !== null ? normalBase(fallback) : chatgptHost.test(upstreamBaseUrl) ? 'https://api.openai.com/v1' : null,
    issuer: trimSlashes(address(env, 'ISSUER') ?? 'https://auth.openai.com'),
    clientId: text(env, 'CLIENT_ID') ?? 'app_EMoamEEZ73f0CkXaXp7hrann',
    originator: text(env, 'ORIGINATOR') ?? 'codex_cli_rs',
    redirectUri: address(env, 'REDIRECT_URI'),
    loginListen: listenAddress('LOGIN_ADDR', text(env, 'LOGIN_ADDR') ?? 'localhost:1455'),
    loginNonLoopback: ['1', 'true', 'TRUE', 'yes', 'YES'].includes(env[`${prefix}ALLOW_NON_LOOPBACK_LOGIN_ADDR`] ?? ''),
    usageBaseUrl: trimSlashes(address(env, 'USAGE_BASE_URL') ?? usageBaseOf(upstreamBaseUrl)),
    connectTimeoutMs: integer(env, 'UPSTREAM_CONNECT_TIMEOUT_SECS', 15) * 1000,
    totalTimeoutMs: integer(env, 'UPSTREAM_TOTAL_TIMEOUT_MS', 120_000),
    streamTimeoutMs: integer(env, 'UPSTREAM_STREAM_TIMEOUT_MS', 300_000),
    rpcToken: text(env, 'RPC_TOKEN'),
    rpcTokenFile: beside(dbPath, text(env, 'RPC_TOKEN_FILE') ?? 'codexmanager.rpc-token'),
    upstreamCookie: text(env, 'UPSTREAM_COOKIE'),
    proxyList: text(env, 'PROXY_LIST') ?? '',
    upstreamHttp2: flagOf(text(env, 'UPSTREAM_HTTP2') ?? '') ?? false,
    lowPercent: Math.min(100, integer(env, 'LOW_PERCENT', 15)),
    usage: {
      // Its presence counts, whatever it says, as in the original.
      poll: env[`${prefix}DISABLE_POLLING`] === undefined,
      whenIdle: text(env, 'USAGE_POLL_WHEN_IDLE') === 'true',
      pace: pace(env, 'USAGE_POLL', { interval: 600, jitter: 5, backoff: 1800 }),
      workers: Math.max(1, integer(env, 'USAGE_REFRESH_WORKERS', 4)),
      failureWindowMs: integer(env, 'USAGE_REFRESH_FAILURE_EVENT_WINDOW_SECS', 60) * 1000,
      retainPerAccount: integer(env, 'USAGE_SNAPSHOTS_RETAIN_PER_ACCOUNT', 200),
    },
    decided: variableSettings((name) => text(env, name)),
    trace: {
      previewBytes: integer(env, 'TRACE_BODY_PREVIEW_MAX_BYTES', 0),
      queueLines: integer(env, 'TRACE_QUEUE_CAPACITY', 2_048) || 2_048,
      fileBytes: integer(env, 'TRACE_MAX_BYTES', 10_485_760) || 10_485_760,
    },
    keepalive: pace(env, 'GATEWAY_KEEPALIVE', { interval: 180, jitter: 5, backoff: 900 }),
  };
}

function text(env: Environment, name: string): string | null {
  const value = env[prefix + name]?.trim();
  return value === undefined || value === '' ? null : value;
}

function integer(env: Environment, name: string, byDefault: number): number {
  const value = text(env, name);
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : byDefault;
}

/** Seconds become milliseconds; an interval is 30 s at least. What both loops share is used where a loop has nothing of its own; one that is set but no number is the default. */
function pace(env: Environment, loop: string, byDefault: { readonly interval: number; readonly jitter: number; readonly backoff: number }): Pace {
  const own = (name: string, shared: string, value: number): number => (text(env, `${loop}_${name}`) !== null ? integer(env, `${loop}_${name}`, value) : integer(env, shared, value));
  const interval = Math.max(30, integer(env, `${loop}_INTERVAL_SECS`, byDefault.interval));
  const backoff = own('FAILURE_BACKOFF_MAX_SECS', 'POLL_FAILURE_BACKOFF_MAX_SECS', byDefault.backoff);
  return { intervalMs: interval * 1000, jitterMs: own('JITTER_SECS', 'POLL_JITTER_SECS', byDefault.jitter) * 1000, backoffMaxMs: Math.max(interval, backoff) * 1000 };
}

function address(env: Environment, name: string): string | null {
  const value = text(env, name);
  if (value === null) return null;
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) {
    throw new AppError('badRequest', `${prefix}${name} is not an http or https address. Write it like https://host/path, or unset it.`);
  }
  return value;
}

function trimSlashes(url: string): string {
  return url.replace(/\/+$/, '');
}

/** Usage is asked for where requests go: the same login must not be shown to two providers. */
function usageBaseOf(upstreamBaseUrl: string): string {
  return /^(.*\/backend-api)(\/|$)/.exec(upstreamBaseUrl)?.[1]?.replace(/^https:\/\/chatgpt\.com\/backend-api$/, 'https://chatgpt.com') ?? 'https://chatgpt.com';
}

/** A ChatGPT host alone means its Codex backend. */
function normalBase(url: string): string {
  const base = trimSlashes(url);
  return chatgptHost.test(base) && !base.includes('/backend-api') ? `${base}/backend-api/codex` : base;
}

/** `host:port`, a bare port, or either inside a URL; a bare port means localhost. */
function listenAddress(name: string, value: string): EngineConfig['listen'] {
  const bare = value.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '');
  const match = /^(?:(\[[^\]]+\]|[^:]*):)?(\d{1,5})$/.exec(bare);
  const port = Number(match?.[2] ?? NaN);
  if (!match || port > 65_535) throw new AppError('badRequest', `${prefix}${name} is not an address. Write it like localhost:48760.`);
  return { host: match[1] || 'localhost', port };
}

/** A relative path counts from the database's folder. */
function beside(dbPath: string, path: string): string {
  if (/^([\\/]|[a-z]:[\\/])/i.test(path)) return path;
  const folder = /^(.*[\\/])/.exec(dbPath)?.[1] ?? '';
  return folder + path;
}
