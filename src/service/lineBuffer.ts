const firstBytes = 65_536;
const lineBreak = 0x0a;
/** Bytes that one UTF-16 unit may become. */
const widest = 3;

/** Lines on their way to a file, kept as bytes: as strings, a thousand requests' pieces would be copied about by every garbage collection. */
export class LineBuffer {
  readonly #mostBytes: number;
  readonly #mostLines: number;
  #bytes = Buffer.allocUnsafeSlow(firstBytes);
  #length = 0;
  #lines = 0;

  constructor({ mostBytes, mostLines }: { readonly mostBytes: number; readonly mostLines: number }) {
    this.#mostBytes = mostBytes;
    this.#mostLines = mostLines;
  }

  get lines(): number {
    return this.#lines;
  }

  /** False when there is no room for it until the next `take`. */
  add(line: string): boolean {
    const most = this.#length + line.length * widest + 1;
    if (this.#lines >= this.#mostLines || (most > this.#bytes.length && !this.#grow(most))) return false;
    this.#length += this.#bytes.write(line, this.#length);
    this.#bytes[this.#length] = lineBreak;
    this.#length += 1;
    this.#lines += 1;
    return true;
  }

  /** All lines so far, each with its line break, in memory of their own. Empty afterwards. */
  take(): Uint8Array {
    const lines = new Uint8Array(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    this.#lines = 0;
    if (this.#bytes.length > firstBytes) this.#bytes = Buffer.allocUnsafeSlow(firstBytes);
    return lines;
  }

  #grow(most: number): boolean {
    if (most > this.#mostBytes) return false;
    const bytes = Buffer.allocUnsafeSlow(Math.min(this.#mostBytes, Math.max(most, this.#bytes.length * 2)));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
    return true;
  }
}
