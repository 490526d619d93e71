import { hash } from 'node:crypto';
import type { AccountId } from '../contract/account.ts';
import type { RequestFacts } from '../protocol/requestFacts.ts';
import type { Bindings } from './ports.ts';
import { editRequest } from '../protocol/editRequest.ts';
import { scanRequest } from '../protocol/scanRequest.ts';
import { carriesHistory } from '../protocol/carriesHistory.ts';

/** What goes to one account: the body and the turn state it may see. */
export interface Outgoing { readonly body: Buffer; readonly turnState: string | null }

interface BoundItem { readonly value: string; readonly hash: string; readonly owner: AccountId | undefined }

/**
 * A request together with what binds it to accounts: the turn state, encrypted items, an earlier response. Knows whose they are, which account to
 * prefer, and what another account may get.
 */
export class BoundRequest {
  /** What the client sent. The body may have been edited since: its spans are not these. */
  readonly facts: Omit<RequestFacts, 'spans'>;
  readonly #body: Buffer;
  readonly #bindings: Bindings;
  readonly #turnState: string | null;
  readonly #turnStateOwner: AccountId | undefined;
  readonly #previousOwner: AccountId | undefined;
  readonly #items: readonly BoundItem[];
  #firstAccount: AccountId | null = null;
  #withoutItems = false;

  constructor(body: Buffer, facts: RequestFacts, turnState: string | null, bindings: Bindings) {
    this.#body = body;
    this.facts = facts;
    this.#bindings = bindings;
    this.#turnState = turnState;
    this.#turnStateOwner = turnState === null ? undefined : bindings.owner('turnState', sha256(turnState));
    this.#previousOwner = facts.previousResponseId === null ? undefined : bindings.owner('response', sha256(facts.previousResponseId));
    this.#items = facts.encryptedItems.map((value) => {
      const digest = sha256(value);
      return { value, hash: digest, owner: bindings.owner('encrypted', digest) };
    });
  }

  /** The account that can read what this request brings back; asked first. */
  get preferred(): AccountId | undefined {
    return this.#turnStateOwner ?? this.#items.findLast((item) => item.owner !== undefined)?.owner ?? this.#previousOwner;
  }

  get hasTurnState(): boolean {
    return this.#turnState !== null;
  }

  /** Whether this account (null: the OpenAI platform) gets less than the client sent: what other accounts gave out is no use to it. */
  leavesOut(accountId: AccountId | null): boolean {
    const first = this.#firstAccount ?? accountId;
    if (this.#turnState !== null && (accountId === null || (this.#turnStateOwner ?? first) !== accountId)) return true;
    if (this.facts.previousResponseId !== null && (accountId === null || first !== accountId)) return true;
    return this.#items.length > 0 && (this.#withoutItems || this.#items.some(({ owner }) => accountId === null || (owner ?? first) !== accountId));
  }

  /** The account did not accept its own encrypted items. False when there is nothing to leave out (any more). */
  leaveOutItems(): boolean {
    if (this.#withoutItems || this.#items.length === 0) return false;
    this.#withoutItems = true;
    return true;
  }

  /** Null when the request only continues an answer that another account gave: it makes no sense there. */
  for(accountId: AccountId): Outgoing | null {
    const first = this.#firstAccount ??= accountId;
    const turnState = (this.#turnStateOwner ?? first) === accountId ? this.#turnState : null;
    const previousIsForeign = this.facts.previousResponseId !== null && (this.#previousOwner ?? first) !== accountId;
    if (previousIsForeign && !carriesHistory(this.#body)) return null;
    if (this.#items.length === 0 && !previousIsForeign) return { body: this.#body, turnState };
    const foreign = this.#foreignItems(accountId, first);
    if (foreign.size === 0 && !previousIsForeign) return { body: this.#body, turnState };
    const body = editRequest(this.#body, scanRequest(this.#body), {
      ...(foreign.size > 0 ? { dropEncrypted: (value: string) => foreign.has(value) } : {}),
      ...(previousIsForeign ? { dropPreviousResponseId: true as const } : {}),
    });
    return { body, turnState };
  }

  /** The body for the OpenAI platform, which can read nothing that accounts gave out. Null when it only continues an answer. */
  forPlatform(): Buffer | null {
    const continues = this.facts.previousResponseId !== null;
    if (continues && !carriesHistory(this.#body)) return null;
    if (this.#items.length === 0 && !continues) return this.#body;
    return editRequest(this.#body, scanRequest(this.#body), { dropEncrypted: () => true, ...(continues ? { dropPreviousResponseId: true as const } : {}) });
  }

  /** The encrypted items this account must not see. One of unknown origin belongs to the account that is asked first. */
  #foreignItems(accountId: AccountId, first: AccountId): ReadonlySet<string> {
    const foreign = new Set<string>();
    for (const { value, hash: digest, owner } of this.#items) {
      if (this.#withoutItems || (owner ?? first) !== accountId) foreign.add(value);
      else if (owner === undefined) this.#bindings.bind('encrypted', digest, accountId);
    }
    return foreign;
  }
}

/** Lowercase hex SHA-256, the name under which bindings are kept. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
