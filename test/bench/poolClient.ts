import { createInterface } from 'node:readline';
import type { UpstreamHandler } from '../../src/core/upstreamPort.ts';
import { UpstreamPools } from '../../src/upstream/upstreamPools.ts';
import { AnswerCheck } from './answerCheck.ts';
import { kindHeader, writePace, type Pace } from './answers.ts';
import { spread } from './figures.ts';
import { OpenStreams } from './openStreams.ts';
import { PoolJob, type PoolJobOf, type PoolResult } from './poolJobs.ts';
import { Problems } from './problems.ts';
import { requestBytes } from './requestBytes.ts';
import { SequenceCheck } from './sequenceCheck.ts';

/** The gateway's own way to the provider, alone in a process: a job per line of input, a result per line of output. Ends when its input does. */

const request = requestBytes({ port: 1, key: 'none', answer: 'sse', stream: true, bodyBytes: 4_500 });
const body = request.subarray(request.indexOf('\r\n\r\n') + 4);
const headers = ['content-type', 'application/json', 'accept', 'text/event-stream', 'authorization', `Bearer ${'t'.repeat(1_500)}`];

let pools = new UpstreamPools({ connectTimeoutMs: 5_000 });
let origin = '';
let idleTimeoutMs = 0;
let open = new OpenStreams();

function send(answer: string, handler: UpstreamHandler): void {
  pools.open({ origin, path: '/backend-api/codex/responses', proxy: null, method: 'POST', headers: [...headers, kindHeader, answer], body, headersTimeoutMs: idleTimeoutMs, idleTimeoutMs }, handler);
}

async function start({ http2, ...to }: PoolJobOf<'start'>): Promise<PoolResult> {
  await pools.dispose();
  pools = new UpstreamPools({ connectTimeoutMs: 5_000, http2 });
  open = new OpenStreams();
  ({ origin, idleTimeoutMs } = to);
  return {};
}

async function closed({ streams, ms }: PoolJobOf<'closed'>): Promise<PoolResult> {
  const problems = new Problems();
  const latencies: number[] = [];
  const startedAt = performance.now();
  const follow = (): Promise<void> => new Promise((resolve) => {
    let sentAt = 0;
    const check = new AnswerCheck('sse', (problem) => {
      latencies.push(performance.now() - sentAt);
      if (problem !== null) problems.add(problem);
      again();
    });
    // Not from inside the end of an answer: its connection is not free yet, and HTTP/1.1 would open a second one.
    const again = (): void => void setImmediate(() => (performance.now() - startedAt < ms && !problems.many ? ask() : resolve()));
    const handler: UpstreamHandler = { onHead: (status) => check.onHead(status), onData: (chunk) => check.onBody(chunk as Buffer), onEnd: () => check.onEnd(), onFailure: ({ kind, message }) => {
      problems.add(`${kind}: ${message}`);
      resolve();
    } };
    const ask = (): void => {
      sentAt = performance.now();
      send('sse', handler);
    };
    ask();
  });
  await problems.unlessFatal(Promise.all(Array.from({ length: streams }, follow)), ms);
  const { count, p50, p99 } = spread(latencies);
  return { problems: problems.list, answers: count, seconds: (performance.now() - startedAt) / 1_000, p50, p99 };
}

/** `p50` and `p99` are of the time a stream's first content event was under way. */
async function paced({ streams, ms, ...pace }: PoolJobOf<'paced'>): Promise<PoolResult> {
  const problems = new Problems();
  const transits: number[] = [];
  const startedAt = performance.now();
  let answers = 0;
  const follow = (): Promise<void> => new Promise((resolve) => {
    const ask = (): void => {
      const check = new SequenceCheck();
      send(writePace({ ...pace, hold: answers === 0 ? streams : 0 }), {
        onHead: () => undefined,
        onData: (chunk) => check.push(chunk as Buffer, (writtenAt, isFirst) => {
          if (isFirst) transits.push(Number(process.hrtime.bigint() - writtenAt) / 1e6);
        }),
        onEnd: () => {
          const problem = check.finish(pace.contentEvents + 3);
          if (problem !== null) problems.add(problem);
          answers += 1;
          setImmediate(() => (performance.now() - startedAt < ms && !problems.many ? ask() : resolve()));
        },
        onFailure: ({ kind, message }) => {
          problems.add(`${kind}: ${message}`);
          resolve();
        },
      });
    };
    ask();
  });
  await problems.unlessFatal(Promise.all(Array.from({ length: streams }, follow)), ms);
  const { p50, p99 } = spread(transits);
  return { problems: problems.list, answers, seconds: (performance.now() - startedAt) / 1_000, p50, p99 };
}

async function openAll({ streams, content }: PoolJobOf<'open'>): Promise<PoolResult> {
  const pace: Pace = { contentEvents: 1_000_000, eventsPerSecond: 4_000, hold: content ? streams : streams + 1 };
  await open.add(streams, content, (handler) => send(writePace(pace), handler));
  return {};
}

async function ask({ streams, ms }: PoolJobOf<'ask'>): Promise<PoolResult> {
  const startedAt = performance.now();
  let [answers, slowest] = [0, 0];
  const asked = new OpenStreams();
  const over = Promise.all(Array.from({ length: streams }, () => new Promise<void>((resolve) => send('sse', asked.follow({
    onEnd: () => {
      answers += 1;
      slowest = performance.now() - startedAt;
      resolve();
    },
    onFailure: resolve,
  })))));
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([over, late]);
  clearTimeout(timer);
  return { answers, slowest, lost: asked.lost() };
}

function run(job: PoolJob): Promise<PoolResult> {
  switch (job.type) {
    case 'start': return start(job);
    case 'closed': return closed(job);
    case 'paced': return paced(job);
    case 'open': return openAll(job);
    case 'report': return open.report(job.ms);
    case 'ask': return ask(job);
  }
}

createInterface(process.stdin)
  .on('line', (line) => void run(PoolJob.parse(JSON.parse(line))).then((result) => process.stdout.write(`${JSON.stringify(result)}\n`)))
  .on('close', () => process.exit(0));
process.stdout.write('ready\n');
