import { createInterface } from 'node:readline';
import { alternate, closedLoop } from './closedLoop.ts';
import { Job, type JobResult } from './jobs.ts';
import { pacedLoad } from './pacedLoad.ts';
import { steadyLoad } from './steadyLoad.ts';

/** The load generator, in a process of its own: a job per line of input, a result per line of output. Ends when its input does. */

function run(job: Job): Promise<JobResult> {
  switch (job.type) {
    case 'closedLoop': return closedLoop(job);
    case 'alternate': return alternate(job);
    case 'paced': return pacedLoad(job);
    case 'steady': return steadyLoad(job);
  }
}

createInterface(process.stdin)
  .on('line', (line) => void run(Job.parse(JSON.parse(line))).then((result) => process.stdout.write(`${JSON.stringify(result)}\n`)))
  .on('close', () => process.exit(0));
process.stdout.write('ready\n');
