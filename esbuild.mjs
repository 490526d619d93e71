import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
const { metafile } = await build({
  entryPoints: { extension: 'src/extension.ts', engine: 'src/engine.ts', store: 'src/store.ts', headless: 'src/headless.ts', lab: 'src/lab.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode'],
  minify: true,
  sourcemap: 'external',
  metafile: true,
  logLevel: 'warning',
});
copyFileSync('node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm');
writeFileSync('dist/meta.json', JSON.stringify(metafile));
