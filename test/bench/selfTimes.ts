/** The parts of V8's CPU profile that are used. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number; readonly columnNumber: number };
  readonly children?: readonly number[];
}

export interface Spent { readonly name: string; readonly micros: number }

/** Says where in the sources a place is; null for what is not in them. */
export type Locate = (url: string, line: number, column: number) => string | null;

const asleep = new Set(['(idle)', '(root)']);

/** What each function spent itself, most first; without the time in which the thread slept. */
export function selfTimes(profile: CpuProfile, locate: Locate): Spent[] {
  return addUp(profile, (node) => nameOf(node, locate));
}

/** The same, but what Node and the libraries spend counts for the innermost function of the sources that called them. */
export function ownerTimes(profile: CpuProfile, locate: Locate): Spent[] {
  const parents = new Map<number, ProfileNode>();
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node);
  return addUp(profile, (node) => {
    let outermost = node;
    for (let at: ProfileNode | undefined = node; at; at = parents.get(at.id)) {
      if (locatedIn(at, locate)?.startsWith('src/')) return nameOf(at, locate);
      if (at.callFrame.url !== '') outermost = at;
    }
    return `Node: ${nameOf(outermost, locate)}`;
  });
}

function addUp({ nodes, samples, timeDeltas }: CpuProfile, nameFor: (node: ProfileNode) => string): Spent[] {
  const byNode = new Map<number, number>();
  samples.forEach((id, i) => byNode.set(id, (byNode.get(id) ?? 0) + (timeDeltas[i] ?? 0)));
  const byName = new Map<string, number>();
  for (const node of nodes) {
    const micros = byNode.get(node.id);
    if (micros === undefined || asleep.has(node.callFrame.functionName)) continue;
    const name = nameFor(node);
    byName.set(name, (byName.get(name) ?? 0) + micros);
  }
  return [...byName].map(([name, micros]) => ({ name, micros })).sort((a, b) => b.micros - a.micros);
}

function locatedIn({ callFrame: { url, lineNumber, columnNumber } }: ProfileNode, locate: Locate): string | null {
  return url === '' ? null : locate(url, lineNumber, columnNumber);
}

function nameOf(node: ProfileNode, locate: Locate): string {
  const { functionName, url, lineNumber } = node.callFrame;
  if (url === '') return functionName || '(anonymous)';
  return `${functionName || '(anonymous)'} ${locatedIn(node, locate) ?? `${url.replace(/^.*\//, '')}:${lineNumber + 1}`}`;
}
