import type * as vscode from 'vscode';
import type { Log } from '../core/logger.ts';

const name = 'codexmanager.dataKey';

/** The data key as VS Code keeps it; null when it has none, or cannot be asked. */
export async function readDataKey(secrets: vscode.SecretStorage, log: Log): Promise<string | null> {
  try {
    return (await secrets.get(name)) ?? null;
  } catch (thrown) {
    log('warn', `VS Code's secret store cannot be read (${thrown instanceof Error ? thrown.message : 'unknown cause'}); the data key's file is used.`);
    return null;
  }
}

/** A new key goes to VS Code's secret store as well as to its file, so that losing one of them loses nothing. */
export async function keepDataKey(secrets: vscode.SecretStorage, key: string, log: Log): Promise<void> {
  try {
    await secrets.store(name, key);
  } catch (thrown) {
    log('warn', `The data key is in its file only: VS Code's secret store refused it (${thrown instanceof Error ? thrown.message : 'unknown cause'}).`);
  }
}
