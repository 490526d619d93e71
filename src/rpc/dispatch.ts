import * as z from 'zod/mini';
import { methods, type Handlers, type Method } from '../contract/rpc.ts';
import type { Log } from '../core/logger.ts';
import { AppError } from '../core/appError.ts';

/** A call, in JSON-RPC 2.0 (`jsonrpc` present) or in the original's form. */
const Call = z.object({
  jsonrpc: z.optional(z.literal('2.0')),
  id: z.optional(z.nullable(z.union([z.string(), z.number()]))),
  method: z.string(),
  params: z.optional(z.unknown()),
});
type Call = z.infer<typeof Call>;

/** JSON-RPC 2.0 error codes; everything that is ours is -32000 with our own code in `data`. */
const jsonRpcCode = { parse: -32700, request: -32600, method: -32601, params: -32602, ours: -32000 } as const;

/** Methods whose original answers carry `ok` even when they fail. */
const actions = new Set<string>([
  'account/delete', 'account/update', 'account/login/complete', 'account/usage/refresh', 'gateway/manualAccount/set', 'gateway/manualAccount/clear', 'apikey/delete', 'apikey/disable', 'apikey/enable', 'requestlog/clear',
]);

export interface Answer { readonly status: number; readonly body: string; /** The call failed, or was none. */ readonly failed: boolean }

/** Runs one call and puts its outcome into the envelope of its caller. Never throws. */
export async function dispatch(handlers: Handlers, text: string, log: Log): Promise<Answer> {
  const call = readCall(text);
  if (!call) return badCall(text);
  try {
    return answer(call, { result: await run(handlers, call) });
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === 'internal') log('error', `${call.method} failed: ${error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : 'unknown cause'}`);
    return answer(call, { error });
  }
}

async function run(handlers: Handlers, { method, params }: Call): Promise<unknown> {
  if (!isMethod(method)) throw new AppError('unsupported', 'unknown_method');
  const parsed = methods[method].params.safeParse(params);
  if (!parsed.success) throw new AppError('badRequest', `Bad parameters for ${method}: ${describe(parsed.error)}`);
  const handler = handlers[method] as (params: unknown) => Promise<unknown>; // Handlers pairs each name with its own type
  return handler(parsed.data);
}

function isMethod(method: string): method is Method {
  return Object.hasOwn(methods, method);
}

function describe(error: z.core.$ZodError): string {
  return error.issues.map((issue) => {
    const { path, code, message } = issue;
    const where = path.length === 0 ? 'params' : path.join('.');
    return `${where}: ${code === 'unrecognized_keys' ? `there is no ${issue.keys.map((key) => `"${key.slice(0, 60)}"`).join(', ')}` : message}`;
  }).join('; ').slice(0, 500);
}

function readCall(text: string): Call | null {
  try {
    return Call.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The original answers a body that is no call with 400 and `{}`; JSON-RPC has codes for it, given to whoever seems to speak it. */
function badCall(text: string): Answer {
  if (!text.includes('"jsonrpc"')) return { status: 400, body: '{}', failed: true };
  let code: number = jsonRpcCode.request;
  try {
    JSON.parse(text);
  } catch {
    code = jsonRpcCode.parse;
  }
  return { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message: code === jsonRpcCode.parse ? 'This is not JSON.' : 'This is not a request.' } }), failed: true };
}

function answer(call: Call, outcome: { readonly result: unknown } | { readonly error: AppError }): Answer {
  const id = call.id ?? null;
  if ('result' in outcome) return { status: 200, body: JSON.stringify(call.jsonrpc ? { jsonrpc: '2.0', id, result: outcome.result } : { id, result: outcome.result }), failed: false };
  const { error } = outcome;
  if (call.jsonrpc) return { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id, error: { code: codeOf(error), message: error.message, data: { code: error.code } } }), failed: true };
  const result = actions.has(call.method) ? { ok: false, error: error.message } : { error: error.message };
  return { status: 200, body: JSON.stringify({ id, result }), failed: true };
}

function codeOf({ code, message }: AppError): number {
  if (message === 'unknown_method') return jsonRpcCode.method;
  return code === 'badRequest' ? jsonRpcCode.params : jsonRpcCode.ours;
}
