import * as z from 'zod/mini';
import type { PersonSet, TokenRecord } from './records.ts';
import { readClaims } from './jwtClaims.ts';
import { splitJson } from './jsonStream.ts';

/** Longest text of one file, in UTF-16 units. */
const mostText = 33_554_432;

const text = z.optional(z.nullable(z.string()));
const tokenFields = {
  id_token: text, idToken: text, access_token: text, accessToken: text, refresh_token: text, refreshToken: text,
  account_id: text, accountId: text, chatgpt_account_id: text, chatgptAccountId: text,
};
const AuthFile = z.looseObject({
  ...tokenFields,
  tokens: z.optional(z.nullable(z.looseObject(tokenFields))),
  OPENAI_API_KEY: text,
  email: text,
  last_refresh: z.optional(z.unknown()),
});
type AuthFile = z.infer<typeof AuthFile>;

/** An account out of an import, ready to be stored under its identity (`subject` + `chatgptAccountId`). */
export interface ImportedAccount {
  readonly ok: true;
  readonly subject: string;
  readonly chatgptAccountId: string | null;
  readonly email: string | null;
  readonly plan: string | null;
  readonly workspaceName: string | null;
  readonly workspaceRole: string | null;
  /** What a person had set, in our own exports and backups; a new account takes it over. */
  readonly personSet: Partial<PersonSet>;
  /** `lastRefresh` in Unix seconds, 0 when the file does not say. */
  readonly tokens: TokenRecord;
}

/** What could not be taken: where in the text (`line:column`) and why. Names fields, never their values. */
export interface ImportProblem { readonly ok: false; readonly position: string; readonly reason: string }

export type ImportItem = ImportedAccount | ImportProblem;

/**
 * The accounts in the text of a file: Codex CLI's `auth.json`, one or many, behind each other, line by line or in an array; tokens nested under
 * `tokens` or flat, in snake or camel case. A bad one never hides the good ones. Never throws.
 */
export function parseImport(content: string): ImportItem[] {
  if (content.length > mostText) return [{ ok: false, position: '1:1', reason: 'the text is larger than 32 MiB; split it' }];
  const items: ImportItem[] = [];
  for (const part of splitJson(content)) items.push('problem' in part ? { ok: false, position: part.at, reason: part.problem } : readPart(part.text, part.at));
  return items.length > 0 ? items : [{ ok: false, position: '1:1', reason: 'the text is empty' }];
}

function readPart(json: string, position: string): ImportItem {
  const parsed = parseJson(json);
  if (parsed === undefined) return { ok: false, position, reason: 'this is not valid JSON' };
  const file = AuthFile.safeParse(parsed);
  if (!file.success) return { ok: false, position, reason: `unexpected type of field: ${file.error.issues[0]?.path.join('.') ?? 'unknown'}` };
  return readAccount(file.data, position);
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function readAccount(file: AuthFile, position: string): ImportItem {
  const source = file.tokens ?? file;
  const name = (field: string): string => (file.tokens ? `tokens.${field}` : field);
  const accessToken = source.access_token ?? source.accessToken;
  const idToken = filled(source.id_token ?? source.idToken);
  if (accessToken === undefined || accessToken === null) return { ok: false, position, reason: missingTokens(file, name('access_token')) };
  if (accessToken.trim() === '') return { ok: false, position, reason: `empty field: ${name('access_token')}` };
  const idClaims = idToken === null ? null : readClaims(idToken);
  const accessClaims = readClaims(accessToken.trim());
  const subject = idClaims?.subject ?? accessClaims?.subject ?? null;
  if (subject === null) return { ok: false, position, reason: `neither ${name('id_token')} nor ${name('access_token')} is a JWT that names its owner (claim "sub")` };
  return {
    ok: true,
    subject,
    chatgptAccountId: filled(source.account_id ?? source.accountId ?? source.chatgpt_account_id ?? source.chatgptAccountId) ?? idClaims?.chatgptAccountId ?? accessClaims?.chatgptAccountId ?? null,
    email: idClaims?.email ?? filled(file.email) ?? accessClaims?.email ?? null,
    plan: idClaims?.planType ?? accessClaims?.planType ?? null,
    workspaceName: idClaims?.workspaceName ?? accessClaims?.workspaceName ?? null,
    workspaceRole: idClaims?.workspaceRole ?? accessClaims?.workspaceRole ?? null,
    personSet: {},
    tokens: {
      idToken,
      accessToken: accessToken.trim(),
      refreshToken: filled(source.refresh_token ?? source.refreshToken),
      apiKey: realApiKey(file.OPENAI_API_KEY),
      accessExpiresAt: accessClaims?.expiresAt ?? null,
      lastRefresh: refreshTime(file.last_refresh),
      replacedHash: null,
    },
  };
}

function missingTokens(file: AuthFile, field: string): string {
  if (!file.tokens && filled(file.OPENAI_API_KEY) !== null) return 'this file holds only an API key; an account needs a ChatGPT login ("codex login")';
  return `missing field: ${file.tokens ? field : 'tokens'}`;
}

function filled(value: string | null | undefined): string | null {
  return value === null || value === undefined || value.trim() === '' ? null : value.trim();
}

function realApiKey(value: string | null | undefined): string | null {
  const key = filled(value);
  return key !== null && key.startsWith('sk-') ? key : null;
}

function refreshTime(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) / 1000 : typeof value === 'number' ? value : 0;
  return Number.isFinite(time) && time > 0 ? Math.floor(time) : 0;
}
