import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Report } from './report.ts';

const files = ['extension.js', 'engine.js', 'store.js', 'headless.js', 'lab.js', 'sql-wasm.wasm'];

/** Size of what is shipped; compressed, as it counts towards the package. */
export function measureBundles(report: Report): void {
  for (const name of files) {
    const file = resolve(import.meta.dirname, '../../dist', name);
    if (!existsSync(file)) continue;
    const bytes = readFileSync(file);
    report.add({ name: `dist/${name}`, value: bytes.length / 1_024, unit: 'KB', digits: 0, budget: null, note: `${(gzipSync(bytes).length / 1_024).toFixed(0)} KB compressed` });
  }
}
