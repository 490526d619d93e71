import { join } from 'node:path';
import { Child } from './child.ts';

/** What load is sent to. */
export interface Target {
  readonly name: string;
  readonly port: number;
  /** The platform key a request carries. */
  readonly key: string;
  readonly child: Child;
}

const startMs = 10_000;

export async function startUpstream(): Promise<Target> {
  const child = new Child('upstream', [join(import.meta.dirname, 'benchUpstream.ts')]);
  return { name: 'direct', port: Number(await child.line(startMs)), key: 'none', child };
}

export async function startBare(name: string, upstreamPort: number, nodeArgs: readonly string[] = []): Promise<Target> {
  const child = new Child(name, [...nodeArgs, join(import.meta.dirname, 'bareProxy.ts')], { UPSTREAM: `http://127.0.0.1:${upstreamPort}` });
  return { name, port: Number(await child.line(startMs)), key: 'none', child };
}
