import type { Account } from '../../contract/account.ts';
import { poolFigures } from '../../core/display/accountState.ts';
import { percentText, type Reader } from '../../core/display/format.ts';
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

  rows(accounts: readonly Account[], reader: Reader): RowModel[] {
    const day = `${new Date(reader.now).toDateString()} ${reader.locale}`;
    if (day !== this.#madeOn) this.#made = new WeakMap();
    this.#madeOn = day;
    return [...Map.groupBy(accounts, ({ groupName }) => groupName)].map(([name, members]) => this.#group(name, members, reader));
  }

  #group(name: string | null, members: readonly Account[], reader: Reader): RowModel {
    const id = `group:${name ?? ''}`;
    const fill = members.length <= mostRows ? () => this.#accounts(members, reader) : () => this.#ranges(id, members, reader);
    return { id, label: name ?? 'No group', description: poolText(members, reader), open: true, context: 'group', accountIds: () => members.map((account) => account.id), fill };
  }

  #ranges(groupId: string, members: readonly Account[], reader: Reader): RowModel[] {
    const count = (number: number): string => number.toLocaleString(reader.locale);
    return Array.from({ length: Math.ceil(members.length / mostRows) }, (_, i) => {
      const first = i * mostRows;
      const within = members.slice(first, first + mostRows);
      return {
        id: `${groupId}:range:${first}`, label: `${count(first + 1)}–${count(first + within.length)}`, description: poolText(within, reader), context: 'range',
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
function poolText(members: readonly Account[], { now, locale }: Reader): string {
  const { total, serving, needing, left } = poolFigures(members, now);
  const count = (number: number): string => number.toLocaleString(locale);
  const parts = [`${count(serving)} of ${count(total)} ready`, left === null ? null : percentText(left), needing > 0 ? `${count(needing)} need${needing === 1 ? 's' : ''} you` : null];
  return parts.filter((part) => part !== null).join(' · ');
}
