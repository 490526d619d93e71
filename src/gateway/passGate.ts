import type { GatewayContext } from './context.ts';
import type { Turn } from './turn.ts';
import { traceGateAcquired, traceGateSkip, traceGateWait } from './traceLines.ts';

const open = (): void => undefined;

/**
 * Waits, as long as the settings allow, until no other request of the same key, path and model runs; then goes on in any case. Returns what to call at the
 * request's end. Without a setting nobody waits.
 */
export async function passGate(context: GatewayContext, turn: Turn): Promise<() => void> {
  const { gate, settings, clock } = context;
  const waitMs = settings.current.requestGateWaitMs;
  if (waitMs === 0) return open;
  const name = `${turn.key.id} ${turn.path} ${turn.model ?? ''}`;
  const startedAt = clock.now();
  traceGateWait(context, turn);
  if (gate.isBusy(name) && !(await waitFor(context, turn, name, waitMs))) {
    traceGateSkip(context, turn, 'gate_wait_timeout');
    return open;
  }
  if (!gate.isBusy(name)) gate.take(name);
  traceGateAcquired(context, turn, clock.now() - startedAt);
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
