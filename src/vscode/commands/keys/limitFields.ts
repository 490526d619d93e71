import { KeyLimitsChange, type KeyLimits, type PlatformKey } from '../../../contract/platformKey.ts';
import { localTimeText } from '../../../core/localWindows.ts';
import { budgetText, expiryText, limitNames, limitText } from '../../../core/display/keyTexts.ts';
import type { Reader } from '../../../core/display/format.ts';

/** What a person types for a limit makes this change, or is wrong for a reason. */
export type Typed = { readonly change: { readonly limits: KeyLimitsChange } | { readonly expiresAt: number | null } } | { readonly problem: string };

/** One line of what may be limited. */
export interface LimitField {
  readonly label: string;
  readonly prompt: string;
  readonly placeholder: string;
  /** What stands in the box; empty for none. */
  readonly value: (key: PlatformKey) => string;
  /** Beside its name in the list. */
  readonly shown: (key: PlatformKey, reader: Reader) => string;
  readonly read: (text: string, now: number) => Typed;
}

const none = 'no limit';
const minuteMs = 60_000;

const counts = { requestsPerMinute: ['60', 'Of any 60 seconds.'], concurrentRequests: ['4', 'Further ones are refused until one is over.'], tokensPerDay: ['1M', 'From midnight to midnight.'], tokensPerWeek: ['5M', 'From Monday on.'] } as const;
const costs = { costPerDay: ['2.50', 'US dollars, as the log estimates them; from midnight to midnight.'], costPerMonth: ['50', 'US dollars, as the log estimates them; from the 1st on.'] } as const;

function limitField(name: keyof KeyLimits, [placeholder, means]: readonly [string, string], valueOf: (text: string) => unknown, wrong: string): LimitField {
  return {
    label: limitNames[name], placeholder, prompt: `${means} Empty: ${none}.`,
    value: ({ limits }) => limitText(limits, name)?.replace(/^\$/, '') ?? '',
    shown: ({ limits, usage }, reader) => {
      const budget = usage.find((one) => one.name === name);
      return budget ? budgetText(budget, reader) : (limitText(limits, name) ?? none);
    },
    read: (text) => {
      const read = KeyLimitsChange.safeParse({ [name]: text.trim() === '' ? null : valueOf(text.trim()) });
      return read.success ? { change: { limits: read.data } } : { problem: wrong };
    },
  };
}

/** `1,000,000`, `250k`, `1.5M` */
function numberOf(text: string): number {
  const [, digits = '', unit = ''] = /^\$?\s*((?:\d[\d,]*)?\.?\d+|\d[\d,]*)\s*([kKmM]?)$/.exec(text) ?? [];
  const value = digits === '' ? NaN : Number(digits.replaceAll(',', ''));
  // 1.1 times a million is not a whole number by a hair.
  return unit === '' ? value : Number((value * (unit.toLowerCase() === 'k' ? 1e3 : 1e6)).toPrecision(15));
}

const expiry: LimitField = {
  label: 'Expires', placeholder: '2026-12-31 18:00', prompt: 'A day, with a time if you like, on this machine\'s clock: from then on the key is refused. Empty: never.',
  value: ({ expiresAt }) => (expiresAt === null ? '' : localTimeText(expiresAt * 1000)),
  shown: (key, reader) => expiryText(key, reader) ?? 'never',
  read: (text, now) => {
    if (text.trim() === '') return { change: { expiresAt: null } };
    const at = momentOf(text.trim());
    if (at === null) return { problem: 'Write a day as 2026-12-31, or with a time as 2026-12-31 18:00.' };
    return at < now + minuteMs ? { problem: 'That is past. To refuse the key at once, disable it.' } : { change: { expiresAt: Math.floor(at / 1000) } };
  },
};

/** Unix ms; null for what is no day of the calendar. */
function momentOf(text: string): number | null {
  const [whole, year, month, day, hour = '0', minute = '0'] = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?$/.exec(text) ?? [];
  if (whole === undefined) return null;
  const date = new Date(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  return date.getMonth() === Number(month) - 1 && date.getDate() === Number(day) && Number(hour) < 24 && Number(minute) < 60 ? date.getTime() : null;
}

/** Everything that may be limited, in the order of the list. */
export const limitFields: readonly LimitField[] = [
  ...(Object.keys(counts) as (keyof typeof counts)[]).map((name) => limitField(name, counts[name], numberOf, 'Write a whole number above 0, as 250000, 250k or 1.5M.')),
  ...(Object.keys(costs) as (keyof typeof costs)[]).map((name) => limitField(name, costs[name], numberOf, 'Write an amount of US dollars above 0, as 2.50.')),
  limitField('models', ['gpt-5.5, gpt-6*', 'Only these models, separated by commas; with * at the end all whose names begin so.'], (text) => text.split(',').map((one) => one.trim()).filter((one) => one !== ''), 'A model name has letters, digits, dots and dashes only, and * at most at its end.'),
  limitField('effortCeiling', ['medium', 'low, medium, high or xhigh; requests for more get this much.'], (text) => text.toLowerCase(), 'Write low, medium, high or xhigh.'),
  expiry,
];
