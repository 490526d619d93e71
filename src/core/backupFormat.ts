import * as z from 'zod/mini';
import { KeyId, ProtocolType } from '../contract/platformKey.ts';
import type { KeyRecord } from './records.ts';
import { readLimits } from './keyLimits.ts';

/** Every backup begins with these characters. */
export const backupOpening = '{"format":"codexmanager-backup"';
export const backupVersion = 1;

const base64 = z.string();
/** The costs that are accepted: what we write, and room for stronger ones; nothing that would take the memory of the machine. */
const Kdf = z.strictObject({ name: z.literal('scrypt'), N: z.int().check(z.minimum(16_384), z.maximum(1_048_576)), r: z.int().check(z.minimum(8), z.maximum(16)), p: z.int().check(z.minimum(1), z.maximum(4)), salt: base64 });

/** An encrypted backup. All members but `tag` and `data` are authenticated together with the content. */
const BackupEnvelope = z.strictObject({ format: z.literal('codexmanager-backup'), version: z.literal(backupVersion), kdf: Kdf, cipher: z.literal('aes-256-gcm'), iv: base64, data: base64, tag: base64 });
export type BackupEnvelope = z.infer<typeof BackupEnvelope>;
export type BackupHeader = Omit<BackupEnvelope, 'tag' | 'data'>;

const AnyVersion = z.looseObject({ format: z.literal('codexmanager-backup'), version: z.number() });

/** What is authenticated beside the content, in one spelling. */
export function headerText({ format, version, kdf: { name, N, r, p, salt }, cipher, iv }: BackupHeader): string {
  return JSON.stringify({ format, version, kdf: { name, N, r, p, salt }, cipher, iv });
}

/** Whether a text is an encrypted backup, by how it begins. */
export function isBackup(text: string): boolean {
  return text.startsWith(backupOpening);
}

const dataOpening = ',"data":"';

/** A backup's text up to its content; what follows the content is in envelopeEnd(). */
export function envelopeStart(header: BackupHeader): string {
  return headerText(header).slice(0, -1) + dataOpening;
}

export function envelopeEnd(tag: string): string {
  return `","tag":"${tag}"}`;
}

/** The envelope out of a backup's text; a string says why it cannot be opened. The content, which can be very long, is cut out and not parsed. */
export function readEnvelope(text: string): BackupEnvelope | string {
  const from = text.indexOf(dataOpening) + dataOpening.length;
  const to = text.indexOf('"', from);
  const value = from < dataOpening.length || to < 0 ? parse(text) : parse(text.slice(0, from) + text.slice(to));
  if (value === undefined) return 'this backup is damaged: it is not complete';
  const version = AnyVersion.safeParse(value).data?.version;
  if (version !== undefined && version > backupVersion) return `this backup was made by a newer version of CodexManager (format ${version}); update CodexManager, then restore it`;
  const envelope = BackupEnvelope.safeParse(value).data;
  return envelope ? { ...envelope, data: text.slice(from, to) } : 'this backup is damaged: parts of it are missing or changed';
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const text = z.nullable(z.string());
/** A backup of an earlier version does not say. */
const names = z._default(z.nullable(z.array(z.string())), null);
const BackupKey = z.object({
  id: KeyId, name: text, hash: z.string().check(z.regex(/^[0-9a-f]{64}$/)), enabled: z.boolean(), protocolType: ProtocolType, modelSlug: text, reasoningEffort: text,
  accountGroups: names, accountPlans: names, note: z._default(text, null), limits: z._default(z.unknown(), null), expiresAt: z._default(z.nullable(z.number()), null), createdAt: z.number(), lastUsedAt: z.nullable(z.number()), secret: z.string().check(z.minLength(1)),
});

/** A platform key and its text, as a backup carries them. */
export interface KeyWithSecret { readonly key: KeyRecord; readonly secret: string }

/** One line of a backup's content: an account as our exports write it, or a platform key. */
const Line = z.union([z.object({ key: BackupKey }), z.object({ account: z.unknown() })]);

/** Reads one line of the content; a string says what is wrong with it. */
export function readBackupLine(line: string): { readonly account: unknown } | KeyWithSecret | string {
  const parsed = Line.safeParse(parse(line));
  if (!parsed.success) return 'this is neither an account nor a platform key';
  if (!('key' in parsed.data)) return { account: parsed.data.account };
  const { secret, limits, ...key } = parsed.data.key;
  return { key: { ...key, limits: readLimits(limits) }, secret };
}

/** The two kinds of line, written. */
export function accountLine(account: unknown): string {
  return JSON.stringify({ account });
}

export function keyLine({ key, secret }: KeyWithSecret): string {
  return JSON.stringify({ key: { ...key, secret } });
}
