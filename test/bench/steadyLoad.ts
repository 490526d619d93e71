import { AnswerCheck } from './answerCheck.ts';
import { Connection } from './connection.ts';
import { spread } from './figures.ts';
import { jobResult, type JobOf, type JobResult } from './jobs.ts';
import { Problems } from './problems.ts';
import { requestBytes } from './requestBytes.ts';

/** One request every `everyMs`, later when the answer before is late: what a person's large turns are to everybody else's streams. */
export async function steadyLoad({ port, key, bodyBytes, everyMs, ms }: JobOf<'steady'>): Promise<JobResult> {
  const problems = new Problems();
  const latencies: number[] = [];
  const request = requestBytes({ port, key, answer: 'sse', stream: true, bodyBytes });
  const connection = await Connection.open(port, problems.addFatal);
  const startedAt = performance.now();
  while (performance.now() - startedAt < ms && !problems.many) {
    const sentAt = performance.now();
    await problems.unlessFatal(ask(connection, request, problems), ms);
    latencies.push(performance.now() - sentAt);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, sentAt + everyMs - performance.now())));
  }
  connection.close();
  return jobResult({ problems: problems.list, answers: latencies.length, seconds: (performance.now() - startedAt) / 1_000, latencies: [spread(latencies)] });
}

function ask(connection: Connection, request: Buffer, problems: Problems): Promise<void> {
  return new Promise((resolve) => {
    connection.send(request, new AnswerCheck('sse', (problem) => {
      if (problem !== null) problems.add(problem);
      resolve();
    }));
  });
}
