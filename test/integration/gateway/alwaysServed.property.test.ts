import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FaultInput } from '../../../src/lab/options.ts';
import { labels, startFaultPool, type FaultPool } from '../../lab/faultCells.ts';
import { eventsBefore, faultTable, type Place } from '../../lab/faultTable.ts';
import type { Reply } from '../../lab/gatewayUnderTest.ts';

interface Request { readonly client: 'stream' | 'json'; readonly session: string | null }
/** Faults of one account, one for each request it gets; an empty script is a healthy account. */
interface Member { readonly script: readonly FaultInput[]; readonly expired: boolean; readonly refuseRefresh: string | null }
interface Scene { readonly members: readonly Member[]; readonly requests: readonly Request[]; readonly atOnce: boolean; readonly strategy: string }

/** Whatever the provider may do short of refusing the request for its own sake; in the middle of a stream a fault can no longer be made good. */
function faultAt(places: readonly Place[]): fc.Arbitrary<FaultInput> {
  const faults = faultTable.filter(({ then }) => then !== 'returned').flatMap((row) => row.places.filter((place) => places.includes(place)).map((place) => row.fault(eventsBefore[place], false)));
  return fc.constantFrom<FaultInput>(...faults, { kind: 'slowLoris' }, { kind: 'delay', ms: 3 }, { kind: 'wrongLength' });
}

const early = faultAt(['instead of an answer', 'before content']);
const anywhere = faultAt(['instead of an answer', 'before content', 'after the first content', 'near the end']);

function member(fault: fc.Arbitrary<FaultInput>): fc.Arbitrary<Member> {
  return fc.record({ script: fc.array(fault, { maxLength: 4 }), expired: fc.boolean(), refuseRefresh: fc.constantFrom(null, null, 'invalid_grant', 'http_500') });
}

const healthy = fc.record({ script: fc.constant([]), expired: fc.boolean(), refuseRefresh: fc.constant(null) });

function scene(fault: fc.Arbitrary<FaultInput>, clients: readonly Request['client'][]): fc.Arbitrary<Scene> {
  const members = fc.tuple(fc.array(member(fault), { minLength: 1, maxLength: 4 }), healthy, fc.nat()).map(([sick, well, at]) => sick.toSpliced(at % (sick.length + 1), 0, well));
  const request = fc.record({ client: fc.constantFrom(...clients), session: fc.constantFrom(null, 'one', 'two') });
  return fc.record({ members, requests: fc.array(request, { minLength: 1, maxLength: 6 }), atOnce: fc.boolean(), strategy: fc.constantFrom('ordered', 'balanced', 'headroom', 'drain') });
}

describe('a pool with one healthy account', function () {
  this.timeout(60_000);
  let faults: FaultPool;
  let asked = 0;
  before(async () => { faults = await startFaultPool({ CODEXMANAGER_ROUTE_HEALTH_P2C_ENABLED: '1' }); });
  after(() => faults.harness.dispose());

  async function set({ members, strategy }: Scene): Promise<void> {
    const { lab, rpc } = faults.harness;
    await faults.refill(members.length);
    await rpc.call('gateway/routeStrategy/set', { strategy });
    for (const [i, { script, expired, refuseRefresh }] of members.entries()) {
      const label = labels[i] ?? 'a';
      lab.script(label, script);
      lab.refuseRefresh(label, refuseRefresh);
      if (expired) lab.expireAccess(label);
    }
  }

  /** Whole, as the provider sent it: byte for byte, or as one JSON answer. */
  async function ask({ client, session }: Request): Promise<void> {
    const marker = `request ${asked += 1}`;
    const reply = await faults.harness.ask({ stream: client === 'stream', input: `[say ${marker}]` }, session === null ? {} : { 'session-id': session });
    const sent = faults.harness.lab.requests.findLast(({ body }) => body.includes(`${marker}]`));
    assert.equal(reply.status, 200, reply.body);
    if (client === 'stream') assert.equal(reply.body, sent?.events.join(''));
    else assert.deepEqual(saidIn(reply), ['completed', marker]);
  }

  async function play(it: Scene): Promise<void> {
    const { lab, rpc } = faults.harness;
    await set(it);
    await rpc.call('requestlog/clear');
    if (it.atOnce) await Promise.all(it.requests.map(ask));
    else for (const request of it.requests) await ask(request);
    const { items } = await rpc.call('requestlog/list');
    assert.deepEqual(items.map(({ statusCode, error, attempts }) => [statusCode, error, attempts.at(-1)?.reason]), it.requests.map(() => [200, null, 'ok']));
    assert.deepEqual((await rpc.call('route/explain')).candidates.map(({ running }) => running), it.members.map(() => 0));
    await lab.until(() => lab.requests.every(({ over }) => over));
  }

  it('answers every request whole, whatever the others do before content', () => fc.assert(fc.asyncProperty(scene(early, ['stream', 'json']), play), { numRuns: 60 }));

  it('answers every request for JSON whole, wherever the others break', () => fc.assert(fc.asyncProperty(scene(anywhere, ['json']), play), { numRuns: 40 }));
});

function saidIn({ body }: Reply): unknown[] {
  const { status, output } = JSON.parse(body) as { status: string; output: { content?: { text: string }[] }[] };
  return [status, output.at(-1)?.content?.[0]?.text];
}
