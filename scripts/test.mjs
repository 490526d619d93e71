import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from './package.mjs';
import { setUpClients } from './setup.mjs';
import { setUpChromium, setUpVsCode } from './setupVsCode.mjs';

// Run by Node 24 whatever started us: npm run puts it first on PATH, a plain `node scripts/test.mjs` does not.
const wanted = join('node_modules', 'node', 'bin', 'node');
if (Number(process.versions.node.split('.')[0]) < 22 && existsSync(wanted)) {
  process.exit(spawnSync(wanted, process.argv.slice(1), { stdio: 'inherit' }).status ?? 1);
}

const fast = process.argv.includes('--fast');
const folder = mkdtempSync(join(tmpdir(), 'codexmanager-test-'));
const counts = join(folder, 'counts');
const gateway = 'test/integration/gateway/';
const slow = [
  'test/integration/storage/crash', 'test/integration/clients/', 'test/extension/', 'test/integration/rpc/manyAccounts',
  ...['alwaysServed', 'faultMatrix', 'keyLimitsKill', 'manyStreams', 'slowReader', 'tokenTruth', 'vanishingClients'].map((name) => gateway + name),
];

function step(name, run) {
  const startedAt = Date.now();
  console.log(`\n── ${name}`);
  const ok = run();
  console.log(`── ${name}: ${ok ? 'ok' : 'FAILED'} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  if (!ok) finish(1);
}

function run(file, ...args) {
  const command = file.endsWith('.mjs') ? [process.execPath, file] : [process.execPath, join('node_modules', file)];
  return spawnSync(command[0], [command[1], ...args], { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, TEST_COUNTS: counts } }).status === 0;
}

function mocha(pattern) {
  const files = globSync(pattern).filter((file) => !fast || !slow.some((start) => file.startsWith(start))).sort();
  return files.length === 0 ? fast : run('mocha/bin/mocha.js', '--reporter', 'scripts/countingReporter.cjs', ...files);
}

function finish(code) {
  const lines = existsSync(counts) ? readFileSync(counts, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : [];
  const total = (field) => lines.reduce((sum, line) => sum + line[field], 0);
  rmSync(folder, { recursive: true, force: true });
  console.log(`\n${total('passed')} passed, ${total('failed') + (code !== 0 && total('failed') === 0 ? 1 : 0)} failed`);
  process.exit(code);
}

step('typecheck', () => run('typescript/bin/tsc', '-p', 'tsconfig.json') && run('typescript/bin/tsc', '-p', 'webview/tsconfig.json'));
step('lint', () => run('eslint/bin/eslint.js', '--max-warnings', '0', '.'));
step('build', () => run('esbuild.mjs'));
step('unit tests', () => mocha('test/unit/**/*.test.ts'));
if (!fast) step('set-up of real clients', setUpClients);
step('integration tests', () => mocha('test/integration/**/*.test.ts'));
if (!fast) step('set-up of VS Code', () => setUpVsCode() && setUpChromium());
if (!fast) step('package', packExtension);
if (!fast) step('tests in VS Code', () => mocha('test/extension/**/*.test.ts'));
finish(0);
