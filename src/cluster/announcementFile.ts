import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Announcement } from '../contract/announcement.ts';

function pathIn(dataDir: string): string {
  return join(dataDir, 'leader.json');
}

/** Tells other processes who leads: a temporary file (0600, it holds a token) renamed over `leader.json`, so that nobody reads half of it. */
export function announce(dataDir: string, announcement: Announcement): void {
  const temporary = `${pathIn(dataDir)}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(announcement), { mode: 0o600 });
  renameSync(temporary, pathIn(dataDir));
}

/** Who leads; null when nobody announced it or the file cannot be read. */
export function readAnnouncement(dataDir: string): Announcement | null {
  try {
    return Announcement.safeParse(JSON.parse(readFileSync(pathIn(dataDir), 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Takes back the announcement of this epoch; a later leader's stays. */
export function withdraw(dataDir: string, epoch: number): void {
  if (readAnnouncement(dataDir)?.epoch === epoch) rmSync(pathIn(dataDir), { force: true });
}
