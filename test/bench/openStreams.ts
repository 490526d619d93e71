import type { UpstreamHandler } from '../../src/core/upstreamPort.ts';
import type { PoolResult } from './poolJobs.ts';

/** Silence after which a stream counts as stalled: many times the pause between two of its events. */
const silenceMs = 500;
const content = Buffer.from('output_text.delta');

interface Ends { readonly onEnd?: () => void; readonly onFailure?: () => void; readonly onContent?: () => void; readonly onHead?: () => void }
interface Stream { heardAt: number; state: string }

/** Streams that are watched while something goes wrong. */
export class OpenStreams {
  readonly #streams: Stream[] = [];

  /** A handler for one more of them. */
  follow({ onEnd, onFailure, onContent, onHead }: Ends): UpstreamHandler {
    const stream: Stream = { heardAt: performance.now(), state: 'running' };
    this.#streams.push(stream);
    return {
      onHead: () => onHead?.(),
      onData: (chunk) => {
        stream.heardAt = performance.now();
        if (onContent && (chunk as Buffer).includes(content)) onContent();
      },
      onEnd: () => {
        stream.state = 'ended';
        onEnd?.();
      },
      onFailure: ({ kind }) => {
        stream.state = kind;
        onFailure?.();
      },
    };
  }

  /** Opens so many; resolves when all have their headers, or with `untilContent` their first content. */
  async add(count: number, untilContent: boolean, send: (handler: UpstreamHandler) => void): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => new Promise<void>((resolve) => send(this.follow(untilContent ? { onContent: resolve } : { onHead: resolve })))));
  }

  async report(ms: number): Promise<PoolResult> {
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, ms);
    await promise;
    const now = performance.now();
    return { lost: this.lost(), silent: this.#streams.filter(({ state, heardAt }) => state === 'running' && now - heardAt > silenceMs).length };
  }

  /** Failures by kind. */
  lost(): Record<string, number> {
    const lost: Record<string, number> = {};
    for (const { state } of this.#streams) if (state !== 'running' && state !== 'ended') lost[state] = (lost[state] ?? 0) + 1;
    return lost;
  }
}
