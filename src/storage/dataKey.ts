import { createHmac, randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { AppError } from '../core/appError.ts';
import { onFile } from './storageError.ts';
import type { StorageFs } from './storageFs.ts';
import { readWhole, writeNewDurably } from './wholeFile.ts';

export interface DataKeySources {
  readonly fs: StorageFs;
  /** `codexmanager.key` beside the database. */
  readonly keyFile: string;
  /** CODEXMANAGER_DATA_KEY, null or blank when unset. */
  readonly env: string | null;
  /** The host's secret store, null when it has none. */
  readonly secret: string | null;
  /** What the database says about its key, null when it has none yet. */
  readonly marker: string | null;
}

export interface DataKey {
  readonly key: Uint8Array;
  readonly marker: string;
  /** 64 hex digits when the key was made just now, else null. */
  readonly made: string | null;
}

/**
 * The key that encrypts tokens and secrets: the variable, else the file, else the host's secret. A database that has a marker opens only with
 * the key it was made with; a new one gets a new key if none is offered, durably in the key file before this returns.
 */
export function resolveDataKey(sources: DataKeySources): DataKey {
  const { marker } = sources;
  const offered = offeredKeys(sources);
  if (marker === null) return offered[0] ? { key: offered[0].key, marker: markerOf(offered[0].key), made: null } : makeKey(sources);
  const fitting = offered.find(({ key }) => markerOf(key) === marker);
  if (fitting) return { key: fitting.key, marker, made: null };
  throw missing(sources, offered.map(({ source }) => source));
}

/** 64 hex digits or base64 (also base64url) of 32 bytes, else null. */
export function parseDataKey(text: string): Uint8Array | null {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return null;
  const bytes = Buffer.from(trimmed, 'base64');
  return bytes.length === 32 ? bytes : null;
}

interface Offer { readonly source: string; readonly key: Uint8Array }

const variable = 'CODEXMANAGER_DATA_KEY';
const secretStore = "the editor's secret storage";

function offeredKeys({ fs, keyFile, env, secret }: DataKeySources): Offer[] {
  // A set variable is a decision: it is used or refused, never silently replaced by another source.
  if (env?.trim()) return [readOffer(variable, env, 'Correct or remove the variable')];
  const bytes = onFile(keyFile, () => readWhole(fs, keyFile));
  const offers: Offer[] = [];
  if (bytes) offers.push(readOffer(keyFile, Buffer.from(bytes).toString('latin1'), 'Put the right key there, or move the file away'));
  if (secret?.trim()) offers.push(readOffer(secretStore, secret, `Set ${variable} to the right key`));
  return offers;
}

function readOffer(source: string, text: string, remedy: string): Offer {
  const key = parseDataKey(text);
  if (!key) throw new AppError('dataKeyMissing', `The data key in ${source} is malformed: it must be 64 hex digits or the base64 of 32 bytes. Nothing was changed. ${remedy}, then start CodexManager again.`);
  return { source, key };
}

function makeKey({ fs, keyFile }: DataKeySources): DataKey {
  const key = randomBytes(32);
  const made = key.toString('hex');
  onFile(keyFile, () => {
    fs.makeFolder(dirname(keyFile));
    writeNewDurably(fs, keyFile, Buffer.from(`${made}\n`));
  });
  return { key, marker: markerOf(key), made };
}

/** Recognises the key without revealing it. */
function markerOf(key: Uint8Array): string {
  return createHmac('sha256', key).update('codexmanager data key').digest('hex');
}

function missing({ keyFile, env, secret }: DataKeySources, tried: readonly string[]): AppError {
  const absent = env?.trim() ? [] : [keyFile, ...(secret?.trim() ? [] : [secretStore])].filter((source) => !tried.includes(source));
  const sources = [...tried.map((source) => `${source} holds another key`), ...(env?.trim() ? [] : [`${variable} is not set`]), ...absent.map((source) => `${source} has none`)];
  return new AppError('dataKeyMissing', `The accounts are encrypted with a data key that is not here: ${sources.join('; ')}. Nothing was changed. `
    + `Put the right key into ${keyFile} or ${variable}${env?.trim() ? ' (or remove that variable)' : ''} and start CodexManager again; `
    + 'if the key is lost, move the database away and log in to the accounts again.');
}
