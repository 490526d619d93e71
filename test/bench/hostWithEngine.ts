import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { EngineToHost } from '../../src/contract/host.ts';

/**
 * A host as VS Code's is one: the built engine in a worker, and a main thread that others keep busy, here for BLOCK_MS of every second. Says where the
 * control plane and the gateway are, in one line of JSON; ends when its input does.
 */
const dist = resolve(import.meta.dirname, '../../dist');
const blockMs = Number(process.env['BLOCK_MS'] ?? 0);
const engine = new Worker(join(dist, 'engine.js'));

engine.on('message', (raw: unknown) => {
  const message = EngineToHost.parse(raw);
  if (message.type === 'failed') throw new Error(message.fault.message);
  if (message.type !== 'ready') return;
  process.stdout.write(`${JSON.stringify({ rpcUrl: message.rpcUrl, token: message.token, port: message.gateway.port })}\n`);
  if (blockMs > 0) setInterval(block, 1_000);
});

function block(): void {
  const end = performance.now() + blockMs;
  while (performance.now() < end);
}

const env = Object.fromEntries(Object.entries(process.env).filter(([name, value]) => name.startsWith('CODEXMANAGER_') && value !== undefined)) as Record<string, string>;
engine.postMessage({ type: 'start', dbPath: process.env['CODEXMANAGER_DB_PATH'], storeFile: join(dist, 'store.js'), env, rpcOnGatewayPort: false, codexHome: join(process.env['CODEXMANAGER_DB_PATH'] ?? '', '..', 'codex'), secretDataKey: null });
process.stdin.on('end', () => process.exit(0)).resume();
process.on('SIGTERM', () => process.exit(0));
