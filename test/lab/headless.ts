import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Announcement } from '../../src/contract/announcement.ts';

const program = resolve(import.meta.dirname, '../../dist/headless.js');

/** A headless process, with what it said so far. */
export interface Headless {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with what it printed once that matches; rejects when it ends before. */
  says(pattern: RegExp): Promise<string>;
  /** Exit code, null when a signal ended it. */
  readonly exited: Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts the built program. `npm run build` must have run. */
export function startHeadless(env: Record<string, string>, args: readonly string[] = []): Headless {
  if (!existsSync(program)) throw new Error('dist/headless.js is missing. Run "npm run build" first.');
  const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  const listeners = new Set<() => void>();
  const heard = (): void => listeners.forEach((listener) => listener());
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); heard(); });
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString(); heard(); });
  const exited = new Promise<number | null>((done) => child.once('close', (code) => { done(code); heard(); }));
  return {
    process: child, pid: child.pid ?? 0, out: () => out, err: () => err, exited,
    says: (pattern) => new Promise((done, fail) => {
      const look = (): void => {
        if (pattern.test(out + err)) done(out + err);
        else if (child.exitCode !== null || child.signalCode !== null) fail(new Error(`ended without saying ${String(pattern)}:\n${out}${err}`));
        else return;
        listeners.delete(look);
      };
      listeners.add(look);
      look();
    }),
    kill: (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
  };
}

export function readLeader(folder: string): Announcement {
  return Announcement.parse(JSON.parse(readFileSync(join(folder, 'leader.json'), 'utf8')));
}

/** The files in `folder` that a process has open. */
export function openFiles(pid: number, folder: string): string[] {
  const links = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return []; // closed since it was listed
    }
  });
  return [...new Set(links.filter((link) => link.startsWith(folder)).map((link) => link.slice(folder.length + 1)))].sort();
}
