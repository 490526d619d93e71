import { closeSync, fchmodSync, fstatSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';

/** When the file is longer than this it becomes `….1`, and a new one begins. */
const mostBytes = 10_485_760;

/** A file of lines that is appended to (0600) and kept short. Losing it loses nothing but insight: failures are swallowed until it can be written again. */
export class TraceFile {
  readonly #path: string;
  readonly #mostBytes: number;
  #descriptor: number | null = null;
  #inode = 0;

  constructor(path: string, options: { readonly mostBytes?: number | undefined } = {}) {
    this.#path = path;
    this.#mostBytes = options.mostBytes ?? mostBytes;
  }

  /** `lines` end with a line break each; they stay together in one file. */
  append(lines: Uint8Array): void {
    if (lines.length === 0) return;
    try {
      const bytes = this.#bytesThere();
      if (bytes > 0 && bytes + lines.length > this.#mostBytes) this.#rotate();
      writeSync(this.#open(), lines);
    } catch {
      this.close();
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  /** Length of the file by its name. Somebody may have deleted, emptied or replaced it since the last time; what is written then must not go to the old one. */
  #bytesThere(): number {
    const there = statSync(this.#path, { throwIfNoEntry: false });
    if (there?.ino !== this.#inode) this.close();
    return there?.isFile() === true ? there.size : 0;
  }

  #open(): number {
    if (this.#descriptor === null) {
      this.#descriptor = openSync(this.#path, 'a', 0o600);
      fchmodSync(this.#descriptor, 0o600);
      this.#inode = fstatSync(this.#descriptor).ino;
    }
    return this.#descriptor;
  }

  #rotate(): void {
    this.close();
    // Renaming over a file makes some file systems flush first; removing the old one does not.
    rmSync(`${this.#path}.1`, { force: true });
    renameSync(this.#path, `${this.#path}.1`);
  }
}
