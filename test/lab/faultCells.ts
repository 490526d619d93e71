import type { LabAccountOptions, LabOptions } from '../../src/lab/options.ts';
import { eventsBefore, type Place, type Row } from './faultTable.ts';
import { startHarness, type Harness, type Reply } from './gatewayUnderTest.ts';
import { ManualClock } from './manualClock.ts';

export const poolSizes = [1, 2, 5] as const;
export const labels = ['a', 'b', 'c', 'd', 'e'] as const;
const accounts: readonly LabAccountOptions[] = labels.map((label) => ({ label, email: `${label}@example.com`, subject: `auth0|${label}`, chatgptAccountId: `acc-${label}` }));
export const model = 'gpt-5.5';

/** One cell of the matrix. `once`: only the first request of the first account fails; else every request of every account. */
export interface Cell {
  readonly row: Row;
  readonly place: Place;
  readonly client: 'stream' | 'json';
  readonly pool: (typeof poolSizes)[number];
  readonly fails: 'once' | 'always';
}

/** What is seen of a cell from outside, in words that the table uses too. */
export interface Outcome {
  readonly cell: string;
  readonly answer: string;
  readonly accounts: readonly string[];
  /** `account: HTTP status, reason` of each attempt. */
  readonly attempts: readonly string[];
  /** `account: status, error` of the row in the log. */
  readonly log: string;
  /** What the same request is answered with when it is repeated. */
  readonly again?: string;
}

export function nameOf({ row, place, client, pool, fails }: Cell): string {
  return `${row.name} ${place}, ${client} client, ${pool} account${pool === 1 ? '' : 's'}, ${fails}`;
}

/** The stream's client has seen content, so that nothing can be taken back. */
export function isCommitted({ place, client }: Cell): boolean {
  return client === 'stream' && eventsBefore[place] > 1;
}

/** A service whose pool is made anew for each cell, and whose clock stands, so that every time is exact. */
export class FaultPool {
  readonly harness: Harness;
  readonly clock: ManualClock;

  constructor(harness: Harness, clock: ManualClock) {
    this.harness = harness;
    this.clock = clock;
  }

  async run(cell: Cell): Promise<Outcome> {
    await this.#fill(cell);
    const committed = isCommitted(cell);
    const reply = await this.#ask(cell, committed);
    const seen = { cell: nameOf(cell), answer: this.#answer(reply), accounts: await this.accounts(), ...await this.#logged() };
    return committed ? { ...seen, again: this.#answer(await this.#ask(cell, false)) } : seen;
  }

  /** As many accounts, none of which fails. */
  async refill(pool: number): Promise<void> {
    const { rpc, lab } = this.harness;
    await rpc.call('account/deleteMany', { accountIds: (await rpc.call('account/list')).items.map(({ id }) => id) });
    await rpc.call('account/import', { contents: labels.slice(0, pool).map((label) => lab.authJson(label)) });
    lab.clearFaults();
    for (const label of labels) lab.refuseRefresh(label, null);
  }

  /** New accounts, of which nothing is known, and the fault at those that fail. */
  async #fill({ row, place, pool, fails, client }: Cell): Promise<void> {
    const { lab } = this.harness;
    await this.refill(pool);
    const fault = row.fault(eventsBefore[place], client === 'stream' && eventsBefore[place] > 1);
    for (const label of labels) {
      if (fails === 'always') lab.always(label, fault);
      lab.refuseRefresh(label, row.refreshRefused ?? null);
    }
    if (fails === 'once') lab.script('a', [fault]);
  }

  #ask({ client }: Cell, release: boolean): Promise<Reply> {
    return release ? this.harness.askAndRelease() : this.harness.ask({ model, stream: client === 'stream' });
  }

  #answer({ status, headers, body }: Reply): string {
    if (status === 200) return headers['content-type'] === 'application/json' ? jsonAnswer(body) : streamAnswer(body, this.harness.lab.requests.at(-1)?.events ?? []);
    const { error } = JSON.parse(body) as { error: { type: string; code: string; resets_at?: number } };
    const retry = headers['retry-after'] === undefined ? '' : `, retry after ${headers['retry-after']} s`;
    const resets = error.resets_at === undefined ? '' : `, resets in ${this.#secondsTo(error.resets_at)} s`;
    return `${status} ${error.type}/${error.code}${retry}${resets}`;
  }

  /** What is to be seen of each account. */
  async accounts(): Promise<string[]> {
    const { rpc } = this.harness;
    const { candidates } = await rpc.call('route/explain', { model });
    return (await rpc.call('account/list')).items.map(({ id, status, statusReason, availableAt }) => {
      const candidate = candidates.find(({ accountId }) => accountId === id);
      return [
        statusReason === null ? status : `${status} (${statusReason})`,
        availableAt === null ? null : `back in ${this.#secondsTo(availableAt)} s`,
        candidate?.reason === 'modelBlocked' ? `not for this model for ${this.#secondsTo(candidate.until ?? 0)} s` : null,
        (status === 'ready' || status === 'unknown') && (candidate?.health ?? 0) < 100 ? 'less healthy' : null,
        candidate?.running === 0 ? null : `${candidate?.running} still running`,
      ].filter((part) => part !== null).join(', ');
    });
  }

  async #logged(): Promise<Pick<Outcome, 'attempts' | 'log'>> {
    const { rpc } = this.harness;
    const { items } = await rpc.call('account/list');
    const labelOf = (id: string | null): string => items.find((account) => account.id === id)?.email?.slice(0, 1) ?? 'nobody';
    const [row] = (await rpc.call('requestlog/list', { limit: 1 })).items;
    return {
      attempts: (row?.attempts ?? []).map(({ accountId, status, reason }) => `${labelOf(accountId)}: ${status}, ${reason}`),
      log: `${labelOf(row?.accountId ?? null)}: ${row?.statusCode}, ${row?.error}`,
    };
  }

  #secondsTo(unixSeconds: number): number {
    return unixSeconds - this.clock.now() / 1000;
  }
}

/** `lab`: of the fake provider. */
export async function startFaultPool(env: Record<string, string> = {}, lab: Partial<LabOptions> = {}): Promise<FaultPool> {
  const clock = new ManualClock();
  clock.jump(1000 - clock.now() % 1000);
  return new FaultPool(await startHarness(accounts, { CODEXMANAGER_ROUTE_HEALTH_P2C_ENABLED: '0', ...env }, { clock, lab }), clock);
}

interface Said { readonly type: string; readonly status?: string; readonly code?: string; readonly error?: { readonly code?: string }; readonly response?: { readonly error?: { readonly code?: string } | null }; readonly output?: readonly { readonly content?: readonly { readonly text?: string }[] }[]; readonly delta?: string }

function jsonAnswer(body: string): string {
  const { status, output } = JSON.parse(body) as Said;
  return `200 ${status}: ${output?.at(-1)?.content?.[0]?.text}`;
}

/** A whole answer by its text, when nothing but what was `sent` last is in it; one that broke by the events before, and what ended it. */
function streamAnswer(body: string, sent: readonly string[]): string {
  const events = [...body.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? '{}') as Said);
  const last = events.at(-1);
  if (body === sent.join('')) return `200 completed: ${events.flatMap(({ type, delta }) => (type === 'response.output_text.delta' ? [delta] : [])).join('')}`;
  const code = last?.response?.error?.code ?? last?.error?.code ?? last?.code;
  return `200, ${events.length - 1} events, ${last?.type}${code ? ` ${code}` : ''}`;
}
