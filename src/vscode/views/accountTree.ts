import type { Account } from '../../contract/account.ts';
import { poolFigures, type PoolFigures } from '../../core/display/accountState.ts';
import { numberText, percentText, type Reader } from '../../core/display/format.ts';
import { accountRow } from './accountRows.ts';
import type { RowModel } from './rowModel.ts';

/** More accounts are never handed to VS Code at once: a larger group is shown in ranges of so many. */
export const mostRows = 200;

/**
 * Group → account → windows, groups in the order of their first account; a large group has ranges in between. The row of an account is made when it is
 * asked for, and kept until the account or the day changes: nothing else changes what it says, because an account whose window ends is heard anew.
 */
export class AccountTree {
  #made = new WeakMap<Account, RowModel>();
  #madeOn = '';
  #needing = 0;

  /** How many of the accounts whose rows were made last wait for a person. */
  get needing(): number {
    return this.#needing;
  }

  rows(accounts: readonly Account[], reader: Reader): RowModel[] {
    const day = `${new Date(reader.now).toDateString()} ${reader.locale}`;
    if (day !== this.#madeOn) this.#made = new WeakMap();
    this.#madeOn = day;
    this.#needing = 0;
    return [...Map.groupBy(accounts, ({ groupName }) => groupName)].map(([name, members]) => this.#group(name, members, reader));
  }

  #group(name: string | null, members: readonly Account[], reader: Reader): RowModel {
    const id = `group:${name ?? ''}`;
    const figures = poolFigures(members, reader.now);
    this.#needing += figures.needing;
    const fill = members.length <= mostRows ? () => this.#accounts(members, reader) : () => this.#ranges(id, members, reader);
    return { id, label: name ?? 'No group', description: poolText(figures), open: true, context: 'group', accountIds: () => members.map((account) => account.id), fill };
  }

  #ranges(groupId: string, members: readonly Account[], reader: Reader): RowModel[] {
    return Array.from({ length: Math.ceil(members.length / mostRows) }, (_, i) => {
      const first = i * mostRows;
      const within = members.slice(first, first + mostRows);
      return {
        id: `${groupId}:range:${first}`, label: `${numberText(first + 1)}–${numberText(first + within.length)}`, description: poolText(poolFigures(within, reader.now)), context: 'range',
        accountIds: () => within.map((account) => account.id), fill: () => this.#accounts(within, reader),
      };
    });
  }

  #accounts(members: readonly Account[], reader: Reader): RowModel[] {
    return members.map((account) => {
      const row = this.#made.get(account) ?? accountRow(account, reader);
      this.#made.set(account, row);
      return row;
    });
  }
}

/** `3 of 4 ready · 71 % · 1 needs you` */
function poolText({ total, serving, needing, left }: PoolFigures): string {
  const parts = [`${numberText(serving)} of ${numberText(total)} ready`, left === null ? null : percentText(left), needing > 0 ? `${numberText(needing)} need${needing === 1 ? 's' : ''} you` : null];
  return parts.filter((part) => part !== null).join(' · ');
}
