import { numberText } from './format.ts';

/** Words for amounts. Without Intl, whose first formatter holds an extension host up for ten milliseconds; all our languages write them so. */

/** `4.1 M`, `12.4 k`, `812`; a dash for what is not known. */
export function countText(value: number | null): string {
  if (value === null) return '–';
  if (value >= 999_950) return `${shortNumber(value / 1e6)} M`;
  return value >= 1_000 ? `${shortNumber(value / 1e3)} k` : String(Math.round(value));
}

/** `≈ $6.20`; under a cent as many digits as it needs. */
export function costText(dollars: number): string {
  const [whole = '', digits = ''] = dollars.toFixed(dollars > 0 && dollars < 0.01 ? 4 : 2).split('.');
  return `≈ $${numberText(Number(whole))}.${digits}`;
}

/** `2.4`, `30`: one digit behind the point, unless it is a zero. */
export function shortNumber(value: number): string {
  const [whole = '', digit] = value.toFixed(1).split('.');
  return digit === '0' ? numberText(Number(whole)) : `${numberText(Number(whole))}.${digit}`;
}
