/** The functions a wasm binary imports, name → signature: `i` i32, `I` i64, `f` f32, `F` f64, parameters before the colon, results after it. */
export function readWasmImports(wasm: Uint8Array): ReadonlyMap<string, string> {
  const reader = new Reader(wasm, 8);
  const types: string[] = [];
  while (!reader.atEnd()) {
    const section = reader.byte();
    const end = reader.number() + reader.position;
    if (section === typeSection) for (let left = reader.number(); left > 0; left--) types.push(reader.functionType());
    if (section === importSection) return readImports(reader, types);
    reader.position = end;
  }
  return new Map();
}

const typeSection = 1;
const importSection = 2;
const letters = new Map([[0x7f, 'i'], [0x7e, 'I'], [0x7d, 'f'], [0x7c, 'F']]);

function readImports(reader: Reader, types: readonly string[]): Map<string, string> {
  const imports = new Map<string, string>();
  for (let left = reader.number(); left > 0; left--) {
    reader.text();
    const name = reader.text();
    const kind = reader.byte();
    imports.set(name, kind === 0 ? types[reader.number()] ?? '?' : '?');
    // Memories, tables and globals have other shapes; sql.js imports none, and one unreadable entry is enough to refuse a build.
    if (kind !== 0) break;
  }
  return imports;
}

class Reader {
  position: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  atEnd(): boolean {
    return this.position >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.position++] ?? 0;
  }

  /** An unsigned LEB128 number. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    return value >>> 0;
  }

  text(): string {
    const start = this.number() + this.position;
    const text = new TextDecoder().decode(this.#bytes.subarray(this.position, start));
    this.position = start;
    return text;
  }

  functionType(): string {
    this.byte();
    return `${this.#valueTypes()}:${this.#valueTypes()}`;
  }

  #valueTypes(): string {
    let text = '';
    for (let left = this.number(); left > 0; left--) text += letters.get(this.byte()) ?? '?';
    return text;
  }
}
