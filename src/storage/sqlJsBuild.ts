import { AppError } from '../core/appError.ts';
import { readWasmImports } from './wasmImports.ts';

/**
 * What sql.js 1.16.0 imports, in the alphabetical order of Emscripten's names, with each function's wasm signature. The release build
 * minifies the names but keeps this order in its import object: the position gives the name.
 */
const expected: readonly (readonly [name: string, signature: string])[] = [
  ['__assert_fail', 'iiii:'], ['__syscall_chmod', 'ii:i'], ['__syscall_faccessat', 'iiii:i'], ['__syscall_fchmod', 'ii:i'],
  ['__syscall_fchown32', 'iii:i'], ['__syscall_fcntl64', 'iii:i'], ['__syscall_fstat64', 'ii:i'], ['__syscall_ftruncate64', 'iI:i'],
  ['__syscall_getcwd', 'ii:i'], ['__syscall_geteuid32', ':i'], ['__syscall_lstat64', 'ii:i'], ['__syscall_mkdirat', 'iii:i'],
  ['__syscall_newfstatat', 'iiii:i'], ['__syscall_openat', 'iiii:i'], ['__syscall_readlinkat', 'iiii:i'], ['__syscall_rmdir', 'i:i'],
  ['__syscall_stat64', 'ii:i'], ['__syscall_unlinkat', 'iii:i'], ['__syscall_utimensat', 'iiii:i'], ['_abort_js', ':'],
  ['_emscripten_runtime_keepalive_clear', ':'], ['_localtime_js', 'Ii:i'], ['_mmap_js', 'iiiiIii:i'], ['_munmap_js', 'iiiiiI:i'],
  ['_setitimer_js', 'iF:i'], ['_tzset_js', 'iiii:'], ['emscripten_date_now', ':F'], ['emscripten_get_heap_max', ':i'],
  ['emscripten_get_now', ':F'], ['emscripten_resize_heap', 'i:i'], ['environ_get', 'ii:i'], ['environ_sizes_get', 'ii:i'],
  ['fd_close', 'i:i'], ['fd_fdstat_get', 'ii:i'], ['fd_read', 'iiii:i'], ['fd_seek', 'iIii:i'], ['fd_sync', 'i:i'],
  ['fd_write', 'iiii:i'], ['proc_exit', 'i:'], ['warnLegacyFunction', 'i:'],
];

/** Refuses any wasm binary that does not import exactly what sql.js 1.16.0 imports, before anything of it runs. */
export function checkWasm(wasm: Uint8Array): ReadonlyMap<string, string> {
  const imports = readWasmImports(wasm);
  const signatures = [...imports.values()].sort().join();
  if (signatures !== expected.map(([, signature]) => signature).sort().join()) throw wrongBuild(`its binary has ${imports.size} imports that do not fit`);
  return imports;
}

/** Emscripten's name → the (minified) key in the import object of this build; refuses one whose positions do not have the known signatures. */
export function nameImports(keys: readonly string[], imports: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (keys.length !== expected.length) throw wrongBuild(`its loader offers ${keys.length} functions instead of ${expected.length}`);
  const named = new Map<string, string>();
  for (const [index, [name, signature]] of expected.entries()) {
    const key = keys[index] ?? '';
    if (imports.get(key) !== signature) throw wrongBuild(`${name} has signature ${imports.get(key) ?? 'none'} instead of ${signature}`);
    named.set(name, key);
  }
  return named;
}

function wrongBuild(detail: string): AppError {
  return new AppError('databaseUnusable', `This build of sql.js is not the one CodexManager was made for (1.16.0): ${detail}. No database was opened. Reinstall CodexManager.`);
}
