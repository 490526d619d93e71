import * as z from 'zod/mini';
import { callerHeaders, usagePath, type UsageCaller } from './readUsage.ts';
import type { HttpSend } from './httpSend.ts';

const Workspace = z.looseObject({ id: z.string(), name: z.optional(z.nullable(z.string())) });
const Check = z.looseObject({ accounts: z.array(Workspace) });

/** The name of the caller's workspace, as Codex CLI learns it (`wham/accounts/check`); null when it has none or the backend does not say. Never throws. */
export type ReadWorkspaceName = (caller: UsageCaller) => Promise<string | null>;

export function makeReadWorkspaceName({ baseUrl, send }: { readonly baseUrl: string; readonly send: HttpSend }): ReadWorkspaceName {
  const url = `${usagePath(baseUrl)}/accounts/check`;
  return async (caller) => {
    const answer = await send(url, { headers: callerHeaders(caller), proxy: caller.proxy });
    if (answer.kind === 'failed' || answer.status !== 200) return null;
    try {
      return Check.parse(JSON.parse(answer.body)).accounts.find(({ id }) => id === caller.chatgptAccountId)?.name ?? null;
    } catch {
      return null; // another backend's answer
    }
  };
}
