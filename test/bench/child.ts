import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const running = new Set<Child>();

/** A process of ours that speaks in lines and ends when its input does, so that none outlives this one. */
export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  #heard = Promise.withResolvers<void>();
  #gone = false;

  constructor(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.name = name;
    this.#process = spawn(process.execPath, [...args], { env: { PATH: process.env['PATH'], ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
    running.add(this);
    if (this.#process.stdout) createInterface(this.#process.stdout).on('line', (line) => this.#hear(line));
    this.#process.once('exit', () => {
      this.#gone = true;
      running.delete(this);
      this.#heard.resolve();
    });
    this.#process.stdin?.on('error', () => undefined);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The next line it says, at most `ms` later. */
  async line(ms: number): Promise<string> {
    const timeout = setTimeout(() => this.#heard.resolve(), ms);
    const deadline = performance.now() + ms;
    while (this.#lines.length === 0 && !this.#gone && performance.now() < deadline) {
      await this.#heard.promise;
      this.#heard = Promise.withResolvers<void>();
    }
    clearTimeout(timeout);
    const line = this.#lines.shift();
    if (line === undefined) throw new Error(`The process "${this.name}" ${this.#gone ? 'ended' : `said nothing for ${ms} ms`}.`);
    return line;
  }

  say(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** Asks it to end, and ends it when it has not after five seconds. */
  async end(): Promise<void> {
    if (this.#gone) return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    await gone;
    clearTimeout(timer);
  }

  /** Resident memory of the whole process, MB. */
  rssMb(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]) / 1_024;
  }

  /** CPU time so far of all its threads, and of the main one, ms; the kernel counts in steps of 10. */
  cpu(): CpuTimes {
    return { allMs: cpuMs(`/proc/${this.pid}/stat`), mainMs: cpuMs(`/proc/${this.pid}/task/${this.pid}/stat`) };
  }

  #hear(line: string): void {
    this.#lines.push(line);
    this.#heard.resolve();
  }
}

export interface CpuTimes { readonly allMs: number; readonly mainMs: number }

function cpuMs(file: string): number {
  const fields = readFileSync(file, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Ends every child that still runs. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map((child) => child.end()));
}
