import { join } from 'node:path';
import { Child } from './child.ts';
import { JobResult, type Job } from './jobs.ts';

/** Longest time of any job over what it was given. */
const graceMs = 60_000;

/** A load generator. One job at a time; what its checks find wrong goes to `onProblem`. */
export class Load {
  readonly child: Child;
  readonly #onProblem: (problem: string) => void;

  private constructor(child: Child, onProblem: (problem: string) => void) {
    this.child = child;
    this.#onProblem = onProblem;
  }

  static async start(onProblem: (problem: string) => void): Promise<Load> {
    const child = new Child('load generator', [join(import.meta.dirname, 'loadClient.ts')]);
    await child.line(10_000);
    return new Load(child, onProblem);
  }

  /** `what` names the job in its problems. */
  async run(what: string, job: Job): Promise<JobResult> {
    this.child.say(JSON.stringify(job));
    const result = JobResult.parse(JSON.parse(await this.child.line(job.ms + graceMs)));
    for (const problem of result.problems) this.#onProblem(`${what}: ${problem}`);
    if (result.answers === 0) this.#onProblem(`${what}: no answer at all`);
    return result;
  }
}
