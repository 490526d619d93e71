import { parentPort } from 'node:worker_threads';
import { HostToEngine, type EngineStart, type EngineToHost } from './contract/host.ts';
import { AppError } from './core/appError.ts';
import { systemClock } from './core/systemClock.ts';
import { toFault } from './rpc/fault.ts';
import { startService, type RunningService } from './service/startService.ts';
import { version } from './version.ts';

/** The engine as a worker: the host's messages in, ours out, and nothing else. */
const host = parentPort;
if (!host) throw new Error('engine.js runs as a worker of its host; start headless.js instead.');
const send = (message: EngineToHost): void => host.postMessage(message);
let running: Promise<RunningService> | null = null;

host.on('message', (raw: unknown) => {
  const message = HostToEngine.safeParse(raw);
  if (!message.success) return send({ type: 'failed', fault: { code: 'badRequest', message: 'The host sent a message this engine does not know.' } });
  if (message.data.type === 'start') void begin(message.data);
  else void end();
});

async function begin(start: EngineStart): Promise<void> {
  if (running) return;
  try {
    running = startService({ start, clock: systemClock, version, log: (level, text) => send({ type: 'log', level, message: text }) });
    send((await running).ready);
  } catch (thrown) {
    running = null;
    const error = AppError.from(thrown);
    if (error.code === 'internal') send({ type: 'log', level: 'error', message: error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : 'unknown cause' });
    send({ type: 'failed', fault: toFault(error) });
  }
}

async function end(): Promise<void> {
  try {
    await (await running)?.stop();
  } catch (thrown) {
    send({ type: 'log', level: 'error', message: `The engine did not end cleanly: ${AppError.from(thrown).message}` });
  }
  send({ type: 'stopped' });
  host?.close();
}
