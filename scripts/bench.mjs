import { spawnSync } from 'node:child_process';

const built = spawnSync(process.execPath, ['esbuild.mjs'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
process.exit(spawnSync(process.execPath, ['test/bench/main.ts', ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1);
