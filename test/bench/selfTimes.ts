/** The parts of V8's CPU profile that are used. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number; readonly columnNumber: number } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Time that a function spent itself, not in what it called. */
export interface SelfTime { readonly name: string; readonly micros: number }

/** Self times, most first. `locate` finds a place's origin in the sources. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile, locate: (url: string, line: number, column: number) => string | null): SelfTime[] {
  const byNode = new Map<number, number>();
  samples.forEach((id, i) => byNode.set(id, (byNode.get(id) ?? 0) + (timeDeltas[i] ?? 0)));
  const byName = new Map<string, number>();
  for (const { id, callFrame: { functionName, url, lineNumber, columnNumber } } of nodes) {
    const micros = byNode.get(id);
    if (micros === undefined) continue;
    const place = url === '' ? null : (locate(url, lineNumber, columnNumber) ?? `${url.replace(/^.*\//, '')}:${lineNumber + 1}`);
    const name = place === null ? functionName : `${functionName || '(anonymous)'} ${place}`;
    byName.set(name, (byName.get(name) ?? 0) + micros);
  }
  return [...byName].map(([name, micros]) => ({ name, micros })).sort((a, b) => b.micros - a.micros);
}
