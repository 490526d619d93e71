import { AnswerCheck } from './answerCheck.ts';
import { Connection } from './connection.ts';
import { spread } from './figures.ts';
import { jobResult, type JobOf, type JobResult } from './jobs.ts';
import { Problems } from './problems.ts';
import { requestBytes } from './requestBytes.ts';

const bodyBytes = 4_500;

/** Throughput: every connection is always waiting for exactly one answer. The clock starts when all are connected. */
export async function closedLoop({ port, key, kind, connections, ms }: JobOf<'closedLoop'>): Promise<JobResult> {
  const problems = new Problems();
  const latencies: number[] = [];
  const request = requestBytes({ port, key, answer: kind, stream: kind === 'sse', bodyBytes });
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port, problems.addFatal)));
  const startedAt = performance.now();
  await problems.unlessFatal(Promise.all(open.map((connection) => keepAsking({ connection, request, kind, until: startedAt + ms, latencies, problems }))), ms);
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const connection of open) connection.close();
  return jobResult({ problems: problems.list, answers: latencies.length, seconds, latencies: [spread(latencies)] });
}

interface Asking {
  readonly connection: Connection;
  readonly request: Buffer;
  readonly kind: 'json' | 'sse';
  readonly until: number;
  readonly latencies: number[];
  readonly problems: Problems;
}

function keepAsking({ connection, request, kind, until, latencies, problems }: Asking): Promise<void> {
  return new Promise((resolve) => {
    let sentAt = performance.now();
    const check = new AnswerCheck(kind, (problem) => {
      const now = performance.now();
      if (problem === null) latencies.push(now - sentAt);
      else problems.add(problem);
      if (now >= until || problems.many) return resolve();
      sentAt = now;
      connection.send(request, check);
    });
    connection.send(request, check);
  });
}

/** Latency: one request at a time, a block of them to each target before the next one's turn, so that whatever the machine does happens to all of them. */
export async function alternate({ targets, kind, block, ms }: JobOf<'alternate'>): Promise<JobResult> {
  const problems = new Problems();
  const sides = await Promise.all(targets.map(async ({ port, key }) => ({
    connection: await Connection.open(port, problems.addFatal),
    request: requestBytes({ port, key, answer: kind, stream: kind === 'sse', bodyBytes }),
    latencies: [] as number[],
  })));
  const startedAt = performance.now();
  for (let turn = 0; performance.now() - startedAt < ms && !problems.many; turn += 1) {
    const side = sides[turn % sides.length];
    if (side) await problems.unlessFatal(askTimes(side, { kind, block, problems }), 10_000);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const { connection } of sides) connection.close();
  return jobResult({ problems: problems.list, answers: sides.reduce((sum, { latencies }) => sum + latencies.length, 0), seconds, latencies: sides.map(({ latencies }) => spread(latencies)) });
}

interface Side { readonly connection: Connection; readonly request: Buffer; readonly latencies: number[] }

/** The first answer of a block is not counted: it pays for the target's sleep. */
function askTimes({ connection, request, latencies }: Side, { kind, block, problems }: { readonly kind: 'json' | 'sse'; readonly block: number; readonly problems: Problems }): Promise<void> {
  return new Promise((resolve) => {
    let left = block;
    let sentAt = performance.now();
    const check = new AnswerCheck(kind, (problem) => {
      const now = performance.now();
      if (problem !== null) problems.add(problem);
      else if (left < block) latencies.push(now - sentAt);
      left -= 1;
      if (left === 0) return resolve();
      sentAt = performance.now();
      connection.send(request, check);
    });
    connection.send(request, check);
  });
}
