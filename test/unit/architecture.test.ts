import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const src = resolve(import.meta.dirname, '../../src');

/** What each folder of src/ may import: folders of ours, and packages (`node` stands for node:*). */
const rules: Readonly<Record<string, { readonly folders: readonly string[]; readonly packages: readonly string[] }>> = {
  contract: { folders: [], packages: ['zod/mini'] },
  core: { folders: ['contract'], packages: ['zod/mini'] },
  protocol: { folders: ['core', 'contract'], packages: ['zod/mini'] },
  storage: { folders: ['core', 'contract'], packages: ['node', 'zod/mini', 'sql.js'] },
  upstream: { folders: ['core', 'contract'], packages: ['node', 'zod/mini', 'undici'] },
  gateway: { folders: ['core', 'contract', 'protocol'], packages: ['node', 'zod/mini', 'ws'] },
  jobs: { folders: ['core', 'contract'], packages: ['node', 'zod/mini'] },
  rpc: { folders: ['core', 'contract'], packages: ['node', 'zod/mini'] },
  cluster: { folders: ['core', 'contract', 'rpc'], packages: ['node', 'zod/mini'] },
  service: { folders: ['contract', 'core', 'protocol', 'storage', 'upstream', 'gateway', 'jobs', 'rpc', 'cluster'], packages: ['node', 'zod/mini', 'prom-client'] },
  headless: { folders: ['contract', 'core', 'rpc', 'cluster'], packages: ['node', 'zod/mini'] },
  lab: { folders: ['contract', 'core'], packages: ['node', 'zod/mini'] },
  vscode: { folders: ['contract', 'core', 'rpc', 'cluster'], packages: ['node', 'zod/mini', 'vscode'] },
};
/** Entry files and the folders they wire. */
const entries: Readonly<Record<string, readonly string[]>> = {
  'engine.ts': ['contract', 'core', 'rpc', 'service'],
  'headless.ts': ['contract', 'core', 'cluster', 'service', 'headless'],
  'store.ts': ['storage', 'core'],
  'lab.ts': ['lab'],
  'version.ts': [],
  'extension.ts': ['contract', 'core', 'rpc', 'cluster', 'vscode'],
};

interface Import { readonly file: string; readonly from: string; readonly target: string }

/** Every static, dynamic and re-exporting import in src/. */
function allImports(): Import[] {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.flatMap((name) => {
    const file = join(src, name);
    const text = readFileSync(file, 'utf8');
    const targets = [...text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
    return targets.map((target) => ({ file: name, from: folderOf(name), target: target.startsWith('.') ? relative(src, resolve(dirname(file), target)) : target }));
  });
}

function folderOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : path;
}

function isAllowed({ from, target, file }: Import): boolean {
  const isOurs = target.endsWith('.ts');
  const wired = entries[from];
  if (wired && target === 'vscode') return from === 'extension.ts';
  if (wired) return isOurs ? wired.includes(folderOf(target)) || target === 'version.ts' : target.startsWith('node:');
  const rule = rules[from];
  assert.ok(rule, `src/${file} is in a folder without an import rule`);
  if (isOurs) return folderOf(target) === from || rule.folders.includes(folderOf(target));
  return rule.packages.includes(target.startsWith('node:') ? 'node' : target);
}

describe('architecture', () => {
  it('lets every folder import only what lies below it', () => {
    const imports = allImports();
    assert.ok(imports.length > 100, 'the imports were not found');
    assert.deepEqual(imports.filter((one) => !isAllowed(one)).map(({ file, target }) => `src/${file} → ${target}`), []);
  });
});
