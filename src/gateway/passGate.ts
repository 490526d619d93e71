import type { GatewayContext } from './context.ts';
import type { Turn } from './turn.ts';
import { traceLine } from './traceLines.ts';

const open = (): void => undefined;

/**
 * Waits, as long as the settings allow, until no other request of the same key, path and model runs; then goes on in any case. Returns what to call at the
 * request's end. Without a setting nobody waits.
 */
export async function passGate(context: GatewayContext, turn: Turn, path: string): Promise<() => void> {
  const { gate, settings, clock, recorder } = context;
  const waitMs = settings.current.requestGateWaitMs;
  if (waitMs === 0) return open;
  const name = `${turn.key.id} ${path} ${turn.model ?? ''}`;
  const fields = { key_id: turn.key.id, path, model: turn.model };
  const startedAt = clock.now();
  recorder.trace(traceLine(startedAt, 'REQUEST_GATE_WAIT', turn.traceId, fields));
  if (gate.isBusy(name) && !(await waitFor(context, turn, name, waitMs))) {
    recorder.trace(traceLine(clock.now(), 'REQUEST_GATE_SKIP', turn.traceId, { reason: 'gate_wait_timeout' }));
    return open;
  }
  if (!gate.isBusy(name)) gate.take(name);
  recorder.trace(traceLine(clock.now(), 'REQUEST_GATE_ACQUIRED', turn.traceId, { ...fields, wait_ms: clock.now() - startedAt }));
  return () => gate.leave(name);
}

/** True when the gate is this request's now. */
async function waitFor({ gate, clock }: GatewayContext, turn: Turn, name: string, ms: number): Promise<boolean> {
  const over = new AbortController();
  let mine = false;
  const giveUp = gate.wait(name, () => {
    mine = true;
    over.abort();
  });
  turn.gone.watch(() => over.abort());
  await clock.sleep(ms, over.signal).catch(() => undefined);
  turn.gone.watch(null);
  giveUp();
  return mine;
}
