import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file that is being written is touched more often than that. */
const oldMs = 3_600_000;

/** Removes what a crash left of earlier attempts to write this file (see writeSecret). What cannot be looked at stays. `now` in Unix ms. */
export async function removeLeftovers(path: string, now: number): Promise<void> {
  const [folder, beginning] = [dirname(path), `.${basename(path)}.`];
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(beginning) && /^[0-9a-f]{12}\.tmp$/.test(one.slice(beginning.length)))) {
    const touched = await stat(join(folder, name)).then(({ mtimeMs }) => mtimeMs, () => now);
    if (now - touched > oldMs) await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
}
