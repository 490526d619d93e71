import { open } from 'node:fs/promises';
import { backupOpening } from '../../core/backupFormat.ts';
import { causeOf, type ListedFile } from './listFiles.ts';

/** Largest file of accounts, and largest backup, in bytes: a backup of ten thousand accounts is larger than a file of a thousand. */
const mostBytes = 33_554_432;
const mostBackupBytes = 268_435_456;

export type FileText = { readonly text: string } | { readonly problem: string };

/** Files up to so many bytes are read before it is their turn, and so many of them. */
const smallBytes = 1_048_576;
const ahead = 8;

/** The texts of many files, in their order. Small ones are read ahead: the wait for one is longer than the reading of eight. */
export async function* readFiles(files: readonly ListedFile[]): AsyncGenerator<readonly [path: string, read: FileText], void, void> {
  const begun: Promise<FileText | null>[] = [];
  let next = 0;
  for (const { path } of files) {
    for (; begun.length < ahead && next < files.length; next += 1) begun.push(begin(files[next]));
    yield [path, await begun.shift() ?? await readFileText(path)];
  }
}

async function begin(file: ListedFile | undefined): Promise<FileText | null> {
  return file === undefined || 'problem' in file ? (file ?? null) : readFileText(file.path, smallBytes);
}

/** The text of one file, or why there is none; null when it is larger than `most`. UTF-8, or UTF-16 with its mark, as a redirection in PowerShell writes it. Never throws. */
async function readFileText(path: string): Promise<FileText>;
async function readFileText(path: string, most: number): Promise<FileText | null>;
async function readFileText(path: string, most = Infinity): Promise<FileText | null> {
  let file;
  try {
    file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > most) return null;
    if (size > mostBackupBytes) return tooLarge;
    if (size > mostBytes && !(await beginsAsBackup(file))) return tooLarge;
    return { text: decode(await file.readFile()) };
  } catch (thrown) {
    return { problem: `it cannot be read (${causeOf(thrown)})` };
  } finally {
    await file?.close().catch(() => undefined);
  }
}

const tooLarge: FileText = { problem: 'the file is larger than 32 MiB; split it' };

async function beginsAsBackup(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(backupOpening.length), 0, backupOpening.length, 0);
  return buffer.toString('latin1', 0, bytesRead) === backupOpening;
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  return bytes.toString('utf8');
}
