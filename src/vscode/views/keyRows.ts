import type { KeyLimits, PlatformKey } from '../../contract/platformKey.ts';
import type { RowModel } from './rowModel.ts';
import { agoText, escapeMarkdown, timeText, type Reader } from '../../core/display/format.ts';
import { budgetLeftText, budgetText, expiryText, limitNames, limitText, tightestBudget } from '../../core/display/keyTexts.ts';

/** One row per platform key. */
export function keyRows(keys: readonly PlatformKey[], reader: Reader): RowModel[] {
  return keys.map((key) => keyRow(key, reader));
}

function keyRow(key: PlatformKey, reader: Reader): RowModel {
  const active = key.status === 'active';
  const label = key.name ?? key.id;
  const accounts = [...(key.accountGroups ?? []).map((group) => (group === '' ? 'no group' : group)), ...(key.accountPlans ?? [])];
  const budget = tightestBudget(key.usage, reader.now);
  const expiry = expiryText(key, reader);
  const bound = [
    'OpenAI', key.modelSlug, key.reasoningEffort, accounts.length === 0 ? null : `only ${accounts.join(', ')}`, budget && budgetLeftText(budget, reader.now), expiry,
  ].filter((part) => part !== null).join(' · ');
  const description = active ? `${bound}  ${agoText(key.lastUsedAt, reader)}` : `${bound} · disabled`;
  const usable = active && expiry !== 'expired';
  return {
    id: key.id, label, description, icon: usable ? 'circle-filled' : 'circle-outline', ...(usable && { color: 'charts.green' }), hover: (now) => keyTooltip(key, now),
    context: `key;${key.status}`, spoken: `Platform key ${label}, ${active ? 'active' : 'disabled'}, ${description}`,
  };
}

/** Everything known about a key but its text, as Markdown; all text of others is escaped. */
export function keyTooltip(key: PlatformKey, reader: Reader): string {
  const limits = (Object.keys(limitNames) as (keyof KeyLimits)[]).flatMap((name) => {
    const text = limitText(key.limits, name);
    const budget = key.usage.find((one) => one.name === name);
    return text === null ? [] : [`${limitNames[name]}: ${escapeMarkdown(budget ? budgetText(budget, reader) : text)}`];
  });
  const expiry = expiryText(key, reader);
  return [
    `**${escapeMarkdown(key.name ?? key.id)}** · ${escapeMarkdown(key.id)}`,
    ...(limits.length === 0 ? [] : [limits.join('  \n')]),
    [...(expiry === null ? [] : [`It ${escapeMarkdown(expiry)}`]), `Made ${timeText(key.createdAt, reader)}`, `Used: ${agoText(key.lastUsedAt, reader)}`].join('  \n'),
    ...(key.note === null ? [] : [`$(note) ${escapeMarkdown(key.note)}`]),
  ].join('\n\n');
}
