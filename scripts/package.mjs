import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

/** Builds and packs the extension as codexmanager.vsix. A warning of vsce's, or a package over the budget, is a failure. */
const mostBytes = 3_000_000;
export const packageFile = 'codexmanager.vsix';

export function packExtension() {
  if (spawnSync(process.execPath, ['esbuild.mjs'], { stdio: 'inherit' }).status !== 0) return false;
  const packed = spawnSync(process.execPath, ['node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', packageFile], { encoding: 'utf8' });
  process.stdout.write(packed.stdout);
  process.stderr.write(packed.stderr);
  if (packed.status !== 0) return false;
  if (/\bWARNING\b/.test(packed.stdout + packed.stderr)) return fail('vsce warned; see above.');
  const { size } = statSync(packageFile);
  return size <= mostBytes || fail(`${packageFile} has ${size} bytes; the budget is ${mostBytes}.`);
}

function fail(reason) {
  console.error(reason);
  return false;
}

if (process.argv[1]?.endsWith('package.mjs')) process.exit(packExtension() ? 0 : 1);
