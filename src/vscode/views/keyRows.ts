import type { PlatformKey } from '../../contract/platformKey.ts';
import type { RowModel } from './rowModel.ts';
import { agoText, type Reader } from '../../core/display/format.ts';

/** One row per platform key. */
export function keyRows(keys: readonly PlatformKey[], reader: Reader): RowModel[] {
  return keys.map((key) => keyRow(key, reader));
}

function keyRow(key: PlatformKey, reader: Reader): RowModel {
  const active = key.status === 'active';
  const label = key.name ?? key.id;
  const accounts = [...(key.accountGroups ?? []).map((group) => (group === '' ? 'no group' : group)), ...(key.accountPlans ?? [])];
  const bound = ['OpenAI', key.modelSlug, key.reasoningEffort, accounts.length === 0 ? null : `only ${accounts.join(', ')}`].filter((part) => part !== null).join(' · ');
  const description = active ? `${bound}  ${agoText(key.lastUsedAt, reader)}` : `${bound} · disabled`;
  return {
    id: key.id, label, description, icon: active ? 'circle-filled' : 'circle-outline', ...(active && { color: 'charts.green' }),
    context: `key;${key.status}`, spoken: `Platform key ${label}, ${active ? 'active' : 'disabled'}, ${description}`,
  };
}
