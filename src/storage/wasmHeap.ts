import type { FileStat } from './storageFs.ts';

/** SQLite's memory as its file calls see it. The views are renewed when the memory has grown. */
export class WasmHeap {
  #memory: WebAssembly.Memory | undefined;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);

  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  bytes(): Uint8Array {
    this.#renew();
    return this.#bytes;
  }

  text(pointer: number): string {
    const bytes = this.bytes();
    return new TextDecoder().decode(bytes.subarray(pointer, bytes.indexOf(0, pointer)));
  }

  readU32(pointer: number): number {
    this.#renew();
    return this.#view.getUint32(pointer, true);
  }

  writeU32(pointer: number, value: number): void {
    this.#renew();
    this.#view.setUint32(pointer, value, true);
  }

  writeU16(pointer: number, value: number): void {
    this.#renew();
    this.#view.setUint16(pointer, value, true);
  }

  writeI64(pointer: number, value: bigint): void {
    this.#renew();
    this.#view.setBigInt64(pointer, value, true);
  }

  /** Fills musl's `struct stat`. */
  writeStat(pointer: number, stat: FileStat): void {
    this.bytes().fill(0, pointer, pointer + 96);
    this.writeU32(pointer, Number(BigInt.asUintN(32, stat.dev)));
    this.writeU32(pointer + 4, stat.mode);
    this.writeU32(pointer + 8, stat.nlink);
    this.writeU32(pointer + 12, stat.uid);
    this.writeU32(pointer + 16, stat.gid);
    this.writeI64(pointer + 24, BigInt(stat.size));
    this.writeU32(pointer + 32, 4096);
    this.writeU32(pointer + 36, Math.ceil(stat.size / 512));
    for (const time of [40, 56, 72]) this.writeI64(pointer + time, BigInt(Math.floor(stat.mtimeMs / 1000)));
    this.writeI64(pointer + 88, BigInt.asIntN(64, stat.ino));
  }

  #renew(): void {
    if (this.#memory && this.#bytes.buffer !== this.#memory.buffer) {
      this.#bytes = new Uint8Array(this.#memory.buffer);
      this.#view = new DataView(this.#memory.buffer);
    }
  }
}
