import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** Which program listens on a TCP port of this machine, as words for a message; "another program" when the system does not say. Never rejects. */
export async function portHolder(port: number): Promise<string> {
  const holder = process.platform === 'linux' ? await fromProc(port) : process.platform === 'win32' ? null : await fromLsof(port);
  return holder === null ? 'another program' : `${holder.name} (process ${holder.pid})`;
}

interface Holder { readonly name: string; readonly pid: number }

/** /proc shows who has a socket open to its owner and to root alone; a stranger's process stays unnamed. */
async function fromProc(port: number): Promise<Holder | null> {
  const inodes = new Set((await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((table) => listeners(table, port)))).flat());
  if (inodes.size === 0) return null;
  const sockets = new Set([...inodes].map((inode) => `socket:[${inode}]`));
  for (const pid of await names('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    for (const fd of await names(`/proc/${pid}/fd`)) {
      if (sockets.has(await target(`/proc/${pid}/fd/${fd}`))) return { name: await programOf(pid), pid: Number(pid) };
    }
  }
  return null;
}

/** Inodes of the sockets that listen (state 0A) on the port. */
async function listeners(table: string, port: number): Promise<string[]> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').map((line) => line.trim().split(/\s+/));
  return lines.filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === '0A').map((fields) => fields[9] ?? '');
}

async function programOf(pid: string): Promise<string> {
  const exe = basename((await target(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, ''));
  return exe || (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() || 'a program';
}

function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

function target(link: string): Promise<string> {
  return readlink(link).catch(() => '');
}

/** macOS and the BSDs: `lsof` in its form for programs, `p` before the process, `c` before its name. */
function fromLsof(port: number): Promise<Holder | null> {
  return new Promise((resolve) => {
    execFile('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: 3000 }, (_error, stdout) => resolve(parseLsof(stdout)));
  });
}

export function parseLsof(output: string): Holder | null {
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  const name = /^c(.+)$/m.exec(output)?.[1];
  return pid === undefined ? null : { name: name ?? 'a program', pid: Number(pid) };
}
