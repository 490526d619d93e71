import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/webview', { recursive: true });
const shared = { bundle: true, minify: true, sourcemap: 'external', metafile: true, logLevel: 'warning' };
const { metafile } = await build({
  ...shared,
  entryPoints: { extension: 'src/extension.ts', engine: 'src/engine.ts', store: 'src/store.ts', headless: 'src/headless.ts', lab: 'src/lab.ts' },
  outdir: 'dist',
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode'],
});
await build({
  ...shared,
  entryPoints: { 'dashboard': 'webview/dashboard/main.ts', 'logs': 'webview/logs/main.ts' },
  outdir: 'dist/webview',
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
});
await build({ ...shared, sourcemap: false, entryPoints: { dashboard: 'webview/dashboard/dashboard.css', logs: 'webview/logs/logs.css' }, outdir: 'dist/webview' });
for (const name of ['codicon.css', 'codicon.ttf']) copyFileSync(`node_modules/@vscode/codicons/dist/${name}`, `dist/webview/${name}`);
copyFileSync('node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm');
writeFileSync('dist/meta.json', JSON.stringify(metafile));
