import type { PersonSet, TokenRecord } from './records.ts';
import { findLogin, parseJson, type FoundLogin } from './importFormats.ts';
import { readClaims } from './jwtClaims.ts';
import { splitJson } from './jsonStream.ts';
import { isPersonalToken } from './personalToken.ts';

/** Longest text of one file, in UTF-16 units. */
const mostText = 33_554_432;

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
export interface ImportProblem {
  readonly ok: false;
  readonly position: string;
  readonly reason: string;
  /** A personal access token, which becomes an account once its issuer has said whose it is. */
  readonly personalToken?: { readonly token: string; readonly personSet: Partial<PersonSet> };
}

export type ImportItem = ImportedAccount | ImportProblem;

/** What a text holds, all at once: see readImport. */
export function parseImport(content: string): ImportItem[] {
  return [...readImport(content)].filter((item) => item !== null);
}

/**
 * The accounts in the text of a file: Codex CLI's `auth.json`, one or many, behind each other, line by line, in arrays or in the `accounts` of an object;
 * tokens nested under `tokens` or `credentials` or flat, in snake or camel case; files of CLIProxyAPI, codex-lb and sub2api; our own exports; personal
 * access tokens, also bare. A bad one never hides the good ones. `null` is a moment to pause. Never throws.
 */
export function* readImport(content: string): Generator<ImportItem | null, void, void> {
  if (content.length > mostText) return yield { ok: false, position: '1:1', reason: 'the text is larger than 32 MiB; split it' };
  let empty = true;
  for (const part of splitJson(content)) {
    if (part === null) {
      yield null;
      continue;
    }
    empty = false;
    if ('problem' in part) yield { ok: false, position: part.at, reason: part.problem };
    else if ('token' in part) yield tokenItem(part.token, part.at, {});
    else yield readPart(part.text, part.at);
  }
  if (empty) yield { ok: false, position: '1:1', reason: content.trim() === '' ? 'the text is empty' : 'there are no accounts in it' };
}

function readPart(json: string, position: string): ImportItem {
  const value = parseJson(json);
  if (value === undefined) return { ok: false, position, reason: 'this is not valid JSON' };
  return accountOf(value, position);
}

/** One login as parsed JSON. `position` is where it stood, for what cannot be taken. */
export function accountOf(value: unknown, position: string): ImportItem {
  const found = findLogin(value);
  if (typeof found === 'string') return { ok: false, position, reason: found };
  const personalToken = found.personalToken ?? (found.accessToken !== null && isPersonalToken(found.accessToken) ? found.accessToken : null);
  if (personalToken !== null) return personalItem(found, personalToken, position);
  if (found.accessToken === null) return { ok: false, position, reason: missingTokens(found) };
  const idClaims = found.idToken === null ? null : readClaims(found.idToken);
  const accessClaims = readClaims(found.accessToken);
  const subject = idClaims?.subject ?? accessClaims?.subject ?? found.subject;
  if (subject === null) return { ok: false, position, reason: `neither ${found.prefix}id_token nor ${found.prefix}access_token is a JWT that names its owner (claim "sub")` };
  return {
    ok: true, subject,
    chatgptAccountId: found.chatgptAccountId ?? idClaims?.chatgptAccountId ?? accessClaims?.chatgptAccountId ?? null,
    email: idClaims?.email ?? found.email ?? accessClaims?.email ?? null,
    plan: idClaims?.planType ?? accessClaims?.planType ?? found.plan,
    workspaceName: idClaims?.workspaceName ?? accessClaims?.workspaceName ?? found.workspaceName,
    workspaceRole: idClaims?.workspaceRole ?? accessClaims?.workspaceRole ?? found.workspaceRole,
    personSet: found.personSet,
    tokens: {
      idToken: found.idToken, accessToken: found.accessToken, refreshToken: found.refreshToken, apiKey: realApiKey(found.apiKey),
      accessExpiresAt: accessClaims?.expiresAt ?? null, lastRefresh: found.lastRefresh, replacedHash: null,
    },
  };
}

function tokenItem(token: string, position: string, personSet: Partial<PersonSet>): ImportProblem {
  return { ok: false, position, reason: 'this is a personal access token, and the issuer was not asked whose it is', personalToken: { token, personSet } };
}

/** Our own exports say whose token it is, so that they can be read without asking the issuer. */
function personalItem(found: FoundLogin, token: string, position: string): ImportItem {
  if (!isPersonalToken(token)) return { ok: false, position, reason: 'personal_access_token is not a token that begins with "at-"' };
  if (found.subject === null) return tokenItem(token, position, found.personSet);
  const { subject, chatgptAccountId, email, plan } = found;
  return personalAccount(token, { subject, chatgptAccountId, email, plan }, found.personSet, found.lastRefresh);
}

/** The account of a personal access token, whose owner the issuer named. `lastRefresh` in Unix seconds, 0 when unknown. */
export function personalAccount(token: string, owner: Pick<ImportedAccount, 'subject' | 'chatgptAccountId' | 'email' | 'plan'>, personSet: Partial<PersonSet>, lastRefresh = 0): ImportedAccount {
  return {
    ok: true, ...owner, workspaceName: null, workspaceRole: null, personSet,
    tokens: { idToken: null, accessToken: token, refreshToken: null, apiKey: null, accessExpiresAt: null, lastRefresh, replacedHash: null },
  };
}

function missingTokens({ blank, apiKeyOnly, prefix }: FoundLogin): string {
  if (blank) return `empty field: ${prefix}access_token`;
  if (apiKeyOnly) return 'this file holds only an API key; an account needs a ChatGPT login ("codex login")';
  return `missing field: ${prefix === '' ? 'tokens' : `${prefix}access_token`}`;
}

function realApiKey(key: string | null): string | null {
  return key !== null && key.startsWith('sk-') ? key : null;
}
