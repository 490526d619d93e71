/** The part of the WebAssembly API that sql.js is loaded with; Node has it, its type package does not. */
declare namespace WebAssembly {
  type ImportTable = Record<string, (...args: never[]) => unknown>;
  type Imports = Record<string, ImportTable>;
  type Exports = Record<string, unknown>;
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Imports);
    readonly exports: Exports;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
  }
}
