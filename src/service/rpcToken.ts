import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../core/appError.ts';

/** The token of the gateway port's control plane: given, else the file's, else a new one written there (0600). An empty file is filled. */
export function resolveRpcToken(given: string | null, file: string): string {
  if (given !== null) return given;
  try {
    return readToken(file) ?? createToken(file) ?? fillToken(file);
  } catch (thrown) {
    throw new AppError('databaseReadOnly', `The RPC token file ${file} cannot be read or written (${thrown instanceof Error ? thrown.message : 'unknown cause'}). Set CODEXMANAGER_RPC_TOKEN or CODEXMANAGER_RPC_TOKEN_FILE.`, { cause: thrown });
  }
}

function readToken(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT')) return null;
    throw thrown;
  }
}

/** Null when another process made the file first; its token counts then. */
function createToken(file: string): string | null {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const token = newToken();
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, token);
    closeSync(descriptor);
    return token;
  } catch (thrown) {
    if (isCode(thrown, 'EEXIST')) return readToken(file);
    throw thrown;
  }
}

function fillToken(file: string): string {
  const token = newToken();
  writeFileSync(`${file}.tmp`, token, { mode: 0o600 });
  renameSync(`${file}.tmp`, file);
  return token;
}

function newToken(): string {
  return randomBytes(32).toString('hex');
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
