import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jsonBytes, sseEvents } from '../../bench/answers.ts';
import { alternate, closedLoop } from '../../bench/closedLoop.ts';
import type { JobResult } from '../../bench/jobs.ts';
import { pacedLoad } from '../../bench/pacedLoad.ts';
import { PacedStreams } from '../../bench/pacedStreams.ts';

/** Runs load against a server that answers like this. */
async function against(answer: (response: ServerResponse) => void, run: (port: number) => Promise<JobResult>): Promise<JobResult> {
  const server = createServer((request, response) => request.resume().on('end', () => answer(response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await run((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const sse = (port: number): Promise<JobResult> => closedLoop({ type: 'closedLoop', port, key: 'k', kind: 'sse', connections: 2, ms: 20 });
const json = (port: number): Promise<JobResult> => closedLoop({ type: 'closedLoop', port, key: 'k', kind: 'json', connections: 2, ms: 20 });
const writeAll = (response: ServerResponse, events: readonly Buffer[]): void => {
  for (const event of events) response.write(event);
  response.end();
};

describe('closedLoop', () => {
  it('counts whole answers and how long they took', async () => {
    const result = await against((response) => writeAll(response, sseEvents), sse);
    assert.deepEqual(result.problems, []);
    assert.ok(result.answers >= 2 && result.latencies[0]?.count === result.answers);
  });

  it('does not count an answer that lacks an event', async () => {
    const result = await against((response) => writeAll(response, sseEvents.toSpliced(12, 1)), sse);
    assert.equal(result.answers, 0);
    assert.match(result.problems[0] ?? '', /event 13 came where 12 was due/);
  });

  it('takes the same events in other bytes', async () => {
    const result = await against((response) => writeAll(response, [Buffer.from(': hello\n\n'), ...sseEvents]), sse);
    assert.deepEqual(result.problems, []);
  });

  it('does not count refusals and foreign JSON', async () => {
    assert.match((await against((response) => response.writeHead(503).end('busy'), json)).problems[0] ?? '', /status 503: busy/);
    assert.match((await against((response) => response.end('{"a":1}'), json)).problems[0] ?? '', /not the expected JSON/);
    assert.deepEqual((await against((response) => response.end(jsonBytes), json)).problems, []);
  });

  it('ends with a problem when a connection breaks', async () => {
    const result = await against((response) => response.destroy(), sse);
    assert.match(result.problems[0] ?? '', /connection/);
  });
});

describe('alternate', () => {
  it('asks each target as often as the others, and leaves the first of a block out', async () => {
    const result = await against((response) => response.end(jsonBytes), (port) => alternate({ type: 'alternate', targets: [{ port, key: 'a' }, { port, key: 'b' }], kind: 'json', block: 3, ms: 20 }));
    assert.deepEqual(result.problems, []);
    const [a, b] = result.latencies;
    assert.ok(a && b && a.count % 2 === 0 && a.count - b.count <= 2);
  });
});

describe('pacedLoad', () => {
  const job = { type: 'paced', key: 'k', streams: 8, contentEvents: 3, eventsPerSecond: 2_000, hold: 8, bodyBytes: 4_500, ms: 0 } as const;

  it('follows streams that begin together, and times every content event', async () => {
    const paced = new PacedStreams();
    const result = await against((response) => paced.add(response.writeHead(200, { 'content-type': 'text/event-stream' }), job), (port) => pacedLoad({ ...job, port }));
    assert.deepEqual(result.problems, []);
    assert.equal(result.answers, 8);
    assert.equal(result.firstTransit.count, 8);
    assert.equal(result.transit.count, 24);
    assert.ok((result.transit.max ?? -1) >= 0);
  });

  it('sees streams that are too short', async () => {
    const paced = new PacedStreams();
    const result = await against((response) => paced.add(response.writeHead(200), { ...job, contentEvents: 2 }), (port) => pacedLoad({ ...job, port }));
    assert.match(result.problems[0] ?? '', /5 of 6 events/);
  });
});
