import { closeSync, fchmodSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

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

  append(lines: readonly string[]): void {
    if (lines.length === 0) return;
    try {
      const text = Buffer.from(`${lines.join('\n')}\n`);
      if (this.#descriptor !== null && this.#bytes + text.length > this.#mostBytes) this.#rotate();
      this.#bytes += writeSync(this.#open(), text);
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
    renameSync(this.#path, `${this.#path}.1`);
  }
}
