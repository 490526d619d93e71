import * as z from 'zod/mini';
import { Fault } from './fault.ts';
import { GatewayState } from './gatewayState.ts';

/** How this computer reaches the network, as its host knows it. What is left out is as if nobody had set anything. */
export const NetworkSettings = z.object({
  /** VS Code's `http.proxy`; empty: none, or `http.proxySupport` is off. May hold a password. */
  proxy: z._default(z.string(), ''),
  /** VS Code's `http.noProxy`. */
  noProxy: z._default(z.array(z.string()), []),
  /** False: certificates of proxy and provider are not checked (`http.proxyStrictSSL`). */
  strictSsl: z._default(z.boolean(), true),
  /** Certificates that this computer trusts count beside Node's own (`http.systemCertificates`). */
  systemCertificates: z._default(z.boolean(), true),
  /** `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` of the leading process, in either case. */
  variables: z._default(z.record(z.string(), z.string()), {}),
});
export type NetworkSettings = z.infer<typeof NetworkSettings>;

/** What a host (extension host thread or headless main) tells the engine at its start. Paths are absolute. */
export const EngineStart = z.object({
  type: z.literal('start'),
  dbPath: z.string(),
  /** dist/store.js, which the engine starts as the worker of the databases. */
  storeFile: z.string(),
  /** The leading process's CODEXMANAGER_* variables: they win over stored settings while it runs. */
  env: z.record(z.string(), z.string()),
  network: z.optional(NetworkSettings),
  rpcOnGatewayPort: z.boolean(),
  /** Codex CLI's folder (`CODEX_HOME`, else `~/.codex`), whose `auth.json` is read and, where the person agreed, kept in step. */
  codexHome: z.string(),
  /** The data key as the host's own secret store has it (64 hex digits), null when the host has none. */
  secretDataKey: z.nullable(z.string()),
});
export type EngineStart = z.infer<typeof EngineStart>;

export const EngineStop = z.object({ type: z.literal('stop') });
export const HostToEngine = z.discriminatedUnion('type', [EngineStart, EngineStop]);
export type HostToEngine = z.infer<typeof HostToEngine>;

export const EngineReady = z.object({
  type: z.literal('ready'),
  rpcUrl: z.string(),
  token: z.string(),
  epoch: z.number(),
  gateway: GatewayState,
  /** A data key made just now, for the host's secret store; null when none was made. */
  newDataKey: z.nullable(z.string()),
});
export type EngineReady = z.infer<typeof EngineReady>;
export const LogLevel = z.enum(['error', 'warn', 'info', 'debug']);
export type LogLevel = z.infer<typeof LogLevel>;

export const EngineToHost = z.discriminatedUnion('type', [
  EngineReady,
  z.object({ type: z.literal('failed'), fault: Fault }),
  z.object({ type: z.literal('log'), level: LogLevel, message: z.string() }),
  z.object({ type: z.literal('stopped') }),
]);
export type EngineToHost = z.infer<typeof EngineToHost>;
