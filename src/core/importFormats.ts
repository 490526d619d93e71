import * as z from 'zod/mini';
import type { PersonSet } from './records.ts';
import { readProxyUrl } from './proxyUrl.ts';

/** Something other than text is no mistake here: these fields only inform. */
const lenient = z.optional(z.catch(z.nullable(z.string()), null));
const text = z.optional(z.nullable(z.string()));
const tokenFields = {
  id_token: text, idToken: text, access_token: text, accessToken: text, refresh_token: text, refreshToken: text,
  account_id: text, accountId: text, chatgpt_account_id: text, chatgptAccountId: text,
  email: lenient, plan_type: lenient, planType: lenient,
};
const Tokens = z.looseObject(tokenFields);
const nested = z.optional(z.nullable(Tokens));

/** What our own exports carry beside the login: what a person set, and who the account is where no token says it. */
const Ours = z.looseObject({
  label: z.optional(z.catch(z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(200))), undefined)),
  groupName: z.optional(z.catch(z.optional(z.nullable(z.string().check(z.trim(), z.maxLength(100)))), undefined)),
  sort: z.optional(z.catch(z.optional(z.int().check(z.minimum(-1e9), z.maximum(1e9))), undefined)),
  enabled: z.optional(z.catch(z.optional(z.boolean()), undefined)),
  tags: z.optional(z.catch(z.optional(z.array(z.string().check(z.trim(), z.minLength(1), z.maxLength(50))).check(z.maxLength(30))), undefined)),
  note: z.optional(z.catch(z.optional(z.nullable(z.string().check(z.maxLength(4000)))), undefined)),
  reservePercent: z.optional(z.catch(z.optional(z.int().check(z.minimum(0), z.maximum(99))), undefined)),
  proxyUrl: lenient,
  subject: lenient, chatgptAccountId: lenient, email: lenient, plan: lenient, workspaceName: lenient, workspaceRole: lenient,
});

const LoginFile = z.looseObject({
  ...tokenFields,
  tokens: nested,
  /** sub2api */
  credentials: nested,
  platform: lenient, name: lenient, notes: lenient,
  /** CLIProxyAPI: whose login it is; sub2api: `oauth`, `apikey`, … */
  type: lenient, disabled: z.optional(z.unknown()), note: lenient,
  /** codex-lb: a whole auth.json in a member, as an object or as its text */
  codexAuthJson: z.optional(z.unknown()), codex_auth_json: z.optional(z.unknown()), authJson: z.optional(z.unknown()), auth_json: z.optional(z.unknown()),
  OPENAI_API_KEY: text,
  personal_access_token: text, personalAccessToken: text,
  last_refresh: z.optional(z.unknown()), lastRefresh: z.optional(z.unknown()),
  format: lenient,
  codexmanager: z.optional(z.catch(z.nullable(Ours), null)),
});
type LoginFile = z.infer<typeof LoginFile>;

/** A login as a file of any known format has it, before anybody asked whose it is. Texts are trimmed; null where the file does not say. */
export interface FoundLogin {
  readonly accessToken: string | null;
  readonly idToken: string | null;
  readonly refreshToken: string | null;
  readonly personalToken: string | null;
  readonly apiKey: string | null;
  /** Unix seconds, 0 when the file does not say. */
  readonly lastRefresh: number;
  readonly personSet: Partial<PersonSet>;
  /** Who the file says it is; a token that says it too is believed first, but for `chatgptAccountId`. */
  readonly subject: string | null;
  readonly chatgptAccountId: string | null;
  readonly email: string | null;
  readonly plan: string | null;
  readonly workspaceName: string | null;
  readonly workspaceRole: string | null;
  /** Where tokens belong in this format: `tokens.`, `credentials.` or nothing, for messages. */
  readonly prefix: string;
  /** The access token is there, but empty. */
  readonly blank: boolean;
  /** It is an API key by what it says itself. */
  readonly apiKeyOnly: boolean;
}

/** The `type` of a login that can be one of Codex. */
const codexTypes = new Set(['codex', 'chatgpt', 'openai', 'oauth', 'apikey', 'api_key', 'setup-token']);

/** Reads one JSON value as a login of any format we know. A string says why it is none; it names fields, never their values. */
export function findLogin(value: unknown, depth = 0): FoundLogin | string {
  const parsed = LoginFile.safeParse(value);
  if (!parsed.success) return `unexpected type of field: ${parsed.error.issues[0]?.path.join('.') || 'the whole object'}`;
  const file = parsed.data;
  const foreign = foreignReason(file);
  if (foreign !== null) return foreign;
  const inner = file.codexAuthJson ?? file.codex_auth_json ?? file.authJson ?? file.auth_json;
  if (inner !== undefined && inner !== null && depth === 0) return findLogin(typeof inner === 'string' ? parseJson(inner) : inner, 1);
  return read(file);
}

function read(file: LoginFile): FoundLogin {
  const source = file.tokens ?? file.credentials ?? file;
  const ours = file.codexmanager;
  const accessToken = source.access_token ?? source.accessToken ?? null;
  return {
    accessToken: filled(accessToken),
    blank: accessToken !== null && filled(accessToken) === null,
    apiKeyOnly: !file.tokens && (filled(file.OPENAI_API_KEY) !== null || /^api_?key$/i.test(file.type ?? '')),
    idToken: filled(source.id_token ?? source.idToken),
    refreshToken: filled(source.refresh_token ?? source.refreshToken),
    personalToken: filled(file.personal_access_token ?? file.personalAccessToken),
    apiKey: filled(file.OPENAI_API_KEY),
    lastRefresh: refreshTime(file.last_refresh ?? file.lastRefresh),
    personSet: ours ? ourSettings(ours) : foreignSettings(file),
    subject: filled(ours?.subject),
    chatgptAccountId: filled(source.account_id ?? source.accountId ?? source.chatgpt_account_id ?? source.chatgptAccountId ?? ours?.chatgptAccountId),
    email: filled(ours?.email ?? source.email ?? file.email),
    plan: filled(ours?.plan ?? source.plan_type ?? source.planType),
    workspaceName: filled(ours?.workspaceName),
    workspaceRole: filled(ours?.workspaceRole),
    prefix: file.tokens ? 'tokens.' : file.credentials ? 'credentials.' : '',
  };
}

/** Files that are recognised, and are not what they were taken for. */
function foreignReason(file: LoginFile): string | null {
  if (file.format === 'codexmanager-backup') return 'this is an encrypted backup; restore it with its passphrase';
  if (file.format === 'codex-lb-account-bundle') return 'this is an encrypted bundle of codex-lb; export the accounts there as auth.json';
  const platform = file.platform?.trim().toLowerCase();
  if (platform && platform !== 'openai') return `this is a login of ${shown(platform)}, not of Codex`;
  const type = file.type?.trim().toLowerCase();
  return type && !codexTypes.has(type) && !file.tokens ? `this is a login of ${shown(type)}, not of Codex` : null;
}

const providers = new Set(['claude', 'anthropic', 'gemini', 'gemini-cli', 'gemini-cli-code-assist', 'antigravity', 'aistudio', 'vertex', 'qwen', 'iflow', 'kimi', 'moonshot', 'xai', 'grok', 'copilot', 'cursor', 'deepseek', 'bedrock', 'azure']);

/** A name out of a file, in a message: only one that is known, because a file can hold anything there. */
function shown(name: string): string {
  return providers.has(name) ? name : 'another provider';
}

function ourSettings({ label, groupName, sort, enabled, tags, note, reservePercent, proxyUrl }: z.infer<typeof Ours>): Partial<PersonSet> {
  const proxy = readProxyUrl(proxyUrl ?? '');
  return {
    ...(label !== undefined && { label }), ...(groupName !== undefined && { groupName: filled(groupName) }), ...(sort !== undefined && { sort }),
    ...(enabled !== undefined && { enabled }), ...(tags !== undefined && { tags: [...new Set(tags)] }), ...(note !== undefined && { note: filled(note) }),
    ...(reservePercent !== undefined && { reservePercent }), ...(proxy !== null && { proxyUrl: proxy }),
  };
}

/** What a person had set in sub2api (`name`, `notes`) and CLIProxyAPI (`note`, `disabled`). */
function foreignSettings(file: LoginFile): Partial<PersonSet> {
  const label = file.credentials ? filled(file.name) : null;
  const note = filled(file.credentials ? file.notes : file.note);
  return { ...(label !== null && { label: label.slice(0, 200) }), ...(note !== null && { note: note.slice(0, 4000) }), ...(file.type === 'codex' && file.disabled === true && { enabled: false }) };
}

function filled(value: string | null | undefined): string | null {
  return value === null || value === undefined || value.trim() === '' ? null : value.trim();
}

/** RFC 3339, Unix seconds or Unix milliseconds. */
function refreshTime(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) / 1000 : typeof value === 'number' ? (value > 1e11 ? value / 1000 : value) : 0;
  return Number.isFinite(time) && time > 0 ? Math.floor(time) : 0;
}

/** Undefined when it is not JSON. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
