import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The database in the user's own data folder: never beside the program, which an update replaces. */
export function defaultDbPath(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): string {
  return join(userData(platform, env), 'codexmanager', 'codexmanager.db');
}

function userData(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): string {
  const home = env['HOME'] ?? homedir();
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return env['XDG_DATA_HOME'] || join(home, '.local', 'share');
}

/** An explicit path, from the current folder when it is relative. */
export function resolveDbPath(given: string | undefined, byDefault: string): string {
  return given === undefined || given.trim() === '' ? byDefault : resolve(given.trim());
}
