import assert from 'node:assert/strict';
import { PlatformKey } from '../../../src/contract/platformKey.ts';
import { noLimits } from '../../../src/core/keyLimits.ts';
import { limitFields } from '../../../src/vscode/commands/keys/limitFields.ts';
import { keyNoticesOf, keyNoticesText, keyNoticeText } from '../../../src/vscode/notices/keyNotices.ts';
import { keyRows } from '../../../src/vscode/views/keyRows.ts';

const now = new Date(2026, 10, 24, 14, 0).getTime();
const reader = { now, locale: 'en-GB' };
const midnight = new Date(2026, 10, 25).getTime() / 1000;
const seconds = now / 1000;

function key(over: Record<string, unknown> = {}): PlatformKey {
  return PlatformKey.parse({
    id: 'gk_1', name: 'codex', modelSlug: null, reasoningEffort: null, clientType: 'codex', protocolType: 'openai_compat', authScheme: 'authorization_bearer', status: 'active', createdAt: seconds - 3_600, lastUsedAt: seconds - 120, ...over,
  });
}

const day = (used: number, over: Record<string, unknown> = {}) => ({ name: 'tokensPerDay', used, reserved: 0, limit: 1_000, resetsAt: midnight, ...over });
const budgeted = (used: number, over: Record<string, unknown> = {}): PlatformKey => key({ limits: { ...noLimits, tokensPerDay: 1_000 }, usage: [day(used, over)] });

describe('the row of a platform key', () => {
  const shown = (over: Record<string, unknown>, at = now): string | undefined => keyRows([key(over)], { ...reader, now: at })[0]?.description;

  it('shows what is left of the tightest budget, and when the key expires', () => {
    const usage = [day(180), { name: 'costPerMonth', used: 4.5, reserved: 0, limit: 50, resetsAt: midnight + 6 * 86_400 }];
    assert.equal(shown({ usage, expiresAt: seconds + 86_400 }), 'OpenAI · 82 % of today left · expires Wed 14:00  2 min ago');
    assert.equal(shown({ usage: [day(180), { ...usage[1], used: 49 }] }), 'OpenAI · 2 % of this month left  2 min ago');
    assert.equal(shown({ usage: [day(1_200)] }), 'OpenAI · 0 % of today left  2 min ago');
    assert.match(shown({ usage: [day(1_200)] }, midnight * 1000) ?? '', /100 % of today left/);
    const [expired] = keyRows([key({ expiresAt: seconds - 1 })], reader);
    assert.deepEqual([expired?.description, expired?.icon, expired?.context], ['OpenAI · expired  2 min ago', 'circle-outline', 'key;active']);
  });

  it('has all limits, the note and the dates in its tooltip, and no Markdown of others', () => {
    const one = key({ name: '[x](command:evil)', note: '<b>of mine', expiresAt: seconds + 86_400, limits: { ...noLimits, tokensPerDay: 1_000, requestsPerMinute: 60, models: ['gpt-5.5', 'gpt-6*'], costPerDay: 0.004 }, usage: [day(180, { reserved: 20 }), { name: 'costPerDay', used: 0.001, reserved: 0, limit: 0.004, resetsAt: midnight }] });
    const text = keyRows([one], reader)[0]?.hover?.(reader) ?? '';
    for (const part of ['Requests per minute: 60', 'Tokens per day: 180 of 1 k used, 20 reserved, resets Wed 00:00', 'Models: gpt-5.5, gpt-6*', 'Cost per day: $0.001 of $0.004 used', 'It expires Wed 14:00', 'Used: 2 min ago']) assert.ok(text.replaceAll('\\', '').includes(part), part);
    assert.doesNotMatch(text, /\[x\]\(command|[^\\]<b/);
  });
});

describe('the list of limits', () => {
  const field = (label: string) => {
    const found = limitFields.find((one) => one.label === label);
    assert.ok(found, label);
    return found;
  };
  const read = (label: string, text: string): unknown => {
    const typed = field(label).read(text, now);
    return 'problem' in typed ? 'problem' : 'limits' in typed.change ? Object.values(typed.change.limits)[0] : typed.change.expiresAt;
  };

  it('has every limit there is', () => {
    const names = limitFields.map((one) => Object.keys((one.read('', now) as { change: { limits?: object } }).change.limits ?? { expiresAt: 0 })[0]);
    assert.deepEqual(names.toSorted(), [...Object.keys(noLimits), 'expiresAt'].toSorted());
  });

  it('shows what is set and used, and nothing set as none', () => {
    const one = key({ limits: { ...noLimits, tokensPerDay: 1_000, costPerMonth: 1_234.5, models: ['a', 'b*'], effortCeiling: 'low' }, usage: [day(180)], expiresAt: seconds + 90_000 });
    assert.deepEqual(['Tokens per day', 'Cost per month', 'Models', 'Highest effort', 'Requests per minute', 'Expires'].map((label) => [field(label).shown(one, reader), field(label).value(one)]), [
      ['180 of 1 k used, resets Wed 00:00', '1,000'], ['$1,234.50', '1,234.50'], ['a, b*', 'a, b*'], ['low', 'low'], ['no limit', ''], ['expires Wed 15:00', '2026-11-25 15:00'],
    ]);
    for (const each of limitFields) assert.ok('change' in each.read(each.value(one), now), `${each.label}: what is shown can be entered again`);
    assert.equal(field('Expires').shown(key(), reader), 'never');
  });

  it('takes numbers as people write them, and says what is wrong with the rest', () => {
    assert.deepEqual(['250000', '250k', '1.5M', '1,000,000', ' 7 ', '1.1m', ''].map((text) => read('Tokens per day', text)), [250_000, 250_000, 1_500_000, 1_000_000, 7, 1_100_000, null]);
    assert.deepEqual(['0', '-1', '1.5', 'x', '1e6', '1 2', '$'].map((text) => read('Tokens per day', text)), Array(7).fill('problem'));
    assert.deepEqual(['2.50', '$3', '.5', '0', 'x'].map((text) => read('Cost per day', text)), [2.5, 3, 0.5, 'problem', 'problem']);
    assert.deepEqual(['gpt-5.5, gpt-6* ,', '*', 'a b', '*a', ','].map((text) => read('Models', text)), [['gpt-5.5', 'gpt-6*'], ['*'], 'problem', 'problem', 'problem']);
    assert.deepEqual(['HIGH', 'most'].map((text) => read('Highest effort', text)), ['high', 'problem']);
    const at = (...parts: [number, number, number, number?, number?]): number => new Date(...parts).getTime() / 1000;
    assert.deepEqual(['2026-12-31', '2026-12-31 18:05', '', '2026-11-01', '2026-02-30', '2027-01-01 24:00', 'soon'].map((text) => read('Expires', text)), [at(2026, 11, 31), at(2026, 11, 31, 18, 5), null, 'problem', 'problem', 'problem', 'problem']);
  });
});

describe('notices of budgets', () => {
  const told = (before: PlatformKey[] | null, after: PlatformKey[] | null): string[] => keyNoticesOf(before, after).map((notice) => notice.key);

  it('come once, when 80 percent are passed, and again in the next window', () => {
    assert.deepEqual(told([budgeted(799)], [budgeted(800)]), [`budget:gk_1:tokensPerDay:${midnight}`]);
    assert.deepEqual(told([budgeted(800)], [budgeted(999)]), []);
    assert.deepEqual(told([budgeted(100)], [budgeted(799, { reserved: 500 })]), [], 'what is only reserved may come back');
    assert.deepEqual(told([budgeted(900)], [budgeted(850, { resetsAt: midnight + 86_400 })]), [`budget:gk_1:tokensPerDay:${midnight + 86_400}`]);
    assert.deepEqual([told(null, [budgeted(900)]), told([], [budgeted(900)]), told([budgeted(900)], null), told([budgeted(900)], [])], [[], [], [], []], 'what was not known before is no news');
  });

  it('say which key and budget, and how much', () => {
    const [low] = keyNoticesOf([budgeted(0)], [budgeted(820)]);
    const [over] = keyNoticesOf([budgeted(0)], [budgeted(1_200)]);
    assert.ok(low && over);
    assert.deepEqual(keyNoticeText(low, reader), { message: 'Platform key codex: 18 % of today left (tokens per day: 820 of 1 k used, resets Wed 00:00).', severity: 'info' });
    assert.equal(keyNoticeText(over, reader).severity, 'warning');
    assert.deepEqual(keyNoticesText([low, over, low, low]), { message: '4 budgets of platform keys are nearly used.', severity: 'warning' });
  });
});
