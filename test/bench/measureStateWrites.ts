import type { RpcClient } from '../../src/rpc/client.ts';
import { median } from './figures.ts';
import type { Report } from './report.ts';

const writes = 60;

/** A platform key made through the control plane is on disk when it is acknowledged; a question that writes nothing tells what the call itself costs. */
export async function measureStateWrites(report: Report, rpc: RpcClient): Promise<void> {
  const durable = await timesOf((i) => rpc.call('apikey/create', { name: `bench ${i}` }));
  const asked = await timesOf(() => rpc.call('gateway/status'));
  report.add({ name: 'durable state write, p50', value: median(durable), unit: 'ms', digits: 2, budget: { atMost: 10 }, note: `with its call, which alone takes ${median(asked).toFixed(2)} ms` });
  report.details['state writes'] = { durable, asked };
}

async function timesOf(act: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < writes; i += 1) {
    const startedAt = performance.now();
    await act(i);
    times.push(performance.now() - startedAt);
  }
  return times;
}
