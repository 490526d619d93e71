import { writePace } from './answers.ts';
import { Connection } from './connection.ts';
import { spread } from './figures.ts';
import { jobResult, type JobOf, type JobResult } from './jobs.ts';
import { Problems } from './problems.ts';
import { requestBytes } from './requestBytes.ts';
import type { AnswerSink } from './responseReader.ts';
import { SequenceCheck } from './sequenceCheck.ts';

const windowMs = 250;
const connectingAtOnce = 100;

/** Streams at a pace that the upstream keeps: how long each event was under way, and whether all of them came, in order. */
export async function pacedLoad(job: JobOf<'paced'>): Promise<JobResult> {
  const { port, key, streams, contentEvents, bodyBytes, ms } = job;
  const problems = new Problems();
  const transits = new Transits();
  const request = requestBytes({ port, key, answer: writePace(job), stream: true, bodyBytes });
  const connections = await openAll(port, streams, problems);
  const startedAt = performance.now();
  let answers = 0;
  const again = (): boolean => {
    answers += 1;
    return performance.now() - startedAt < ms && !problems.many;
  };
  await problems.unlessFatal(Promise.all(connections.map((connection) => follow({ connection, request, contentEvents, transits, problems, again }))), ms + (streams * contentEvents * 1_000) / job.eventsPerSecond);
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const connection of connections) connection.close();
  return jobResult({ problems: problems.list, answers, seconds, firstTransit: spread(transits.first), transit: spread(transits.all), worstTransits: transits.worst });
}

async function openAll(port: number, count: number, problems: Problems): Promise<Connection[]> {
  const connections: Connection[] = [];
  while (connections.length < count) {
    const part = Math.min(connectingAtOnce, count - connections.length);
    connections.push(...(await Promise.all(Array.from({ length: part }, () => Connection.open(port, problems.addFatal)))));
  }
  return connections;
}

interface Following {
  readonly connection: Connection;
  readonly request: Buffer;
  readonly contentEvents: number;
  readonly transits: Transits;
  readonly problems: Problems;
  /** A stream is complete; whether another one follows. */
  again(): boolean;
}

function follow({ connection, request, contentEvents, transits, problems, again }: Following): Promise<void> {
  return new Promise((resolve) => {
    const ask = (): void => connection.send(request, new PacedStream(transits, (check) => {
      const problem = check.finish(contentEvents + 3);
      if (problem !== null) problems.add(problem);
      if (problem === null && again()) ask();
      else resolve();
    }, problems));
    ask();
  });
}

class PacedStream implements AnswerSink {
  readonly #check = new SequenceCheck();
  readonly #transits: Transits;
  readonly #onOver: (check: SequenceCheck) => void;
  readonly #problems: Problems;

  constructor(transits: Transits, onOver: (check: SequenceCheck) => void, problems: Problems) {
    this.#transits = transits;
    this.#onOver = onOver;
    this.#problems = problems;
  }

  onHead(status: number): void {
    if (status !== 200) this.#problems.add(`a stream was answered with status ${status}`);
  }

  onBody(bytes: Buffer): void {
    this.#check.push(bytes, this.#transits.add);
  }

  onEnd(): void {
    this.#onOver(this.#check);
  }
}

/** How long events were under way, ms. */
class Transits {
  readonly first: number[] = [];
  readonly all: number[] = [];
  /** The longest of each window of time. */
  readonly worst: number[] = [];
  #windowEnd = 0;

  readonly add = (writtenAt: bigint, first: boolean): void => {
    const transit = Number(process.hrtime.bigint() - writtenAt) / 1e6;
    this.all.push(transit);
    if (first) this.first.push(transit);
    const now = performance.now();
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + windowMs;
      this.worst.push(transit);
    } else if (transit > (this.worst.at(-1) ?? 0)) this.worst[this.worst.length - 1] = transit;
  };
}
