import { closeSync, fchmodSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** When the file is longer than this it becomes `….1`, and a new one begins. */
const mostBytes = 10_485_760;

/** A file of lines that is appended to (0600) and kept short. Losing it loses nothing but insight: failures are swallowed until it can be written again. */
export class TraceFile {
  readonly #path: string;
  readonly #mostBytes: number;
  #descriptor: number | null = null;
  #bytes = 0;

  constructor(path: string, options: { readonly mostBytes?: number } = {}) {
    this.#path = path;
    this.#mostBytes = options.mostBytes ?? mostBytes;
  }

  /** `lines` end with a line break each. */
  append(lines: Uint8Array): void {
    if (lines.length === 0) return;
    try {
      if (this.#descriptor !== null && this.#bytes + lines.length > this.#mostBytes) this.#rotate();
      this.#bytes += writeSync(this.#open(), lines);
    } catch {
      this.close();
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #open(): number {
    if (this.#descriptor === null) {
      this.#descriptor = openSync(this.#path, 'a', 0o600);
      fchmodSync(this.#descriptor, 0o600);
      this.#bytes = fstatSync(this.#descriptor).size;
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
