import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { KeyId } from '../../../src/contract/platformKey.ts';
import type { KeyRecord } from '../../../src/core/records.ts';
import { authenticate } from '../../../src/gateway/authenticate.ts';

const text = 'f'.repeat(64);
const key: KeyRecord = {
  id: KeyId.parse('gk_1'), name: 'laptop', hash: createHash('sha256').update(text).digest('hex'), enabled: true, protocolType: 'openai_compat',
  modelSlug: null, reasoningEffort: null, accountGroups: null, accountPlans: null, note: null, limits: null, expiresAt: null, createdAt: 0, lastUsedAt: null,
};
const ring = (record: KeyRecord): { find(hash: string): KeyRecord | undefined } => ({ find: (hash) => (hash === record.hash ? record : undefined) });

describe('authenticate', () => {
  it('takes the key by bearer in any case and by x-api-key', () => {
    for (const headers of [{ authorization: `Bearer ${text}` }, { authorization: `bearer  ${text} ` }, { 'x-api-key': text }]) assert.equal(authenticate(headers, ring(key)), key);
  });

  it('refuses with the reason and without the key', () => {
    const refused = (headers: Record<string, string>, record = key): { code: string; message: string } => {
      try {
        authenticate(headers, ring(record));
      } catch (thrown) {
        return thrown as { code: string; message: string };
      }
      throw new Error('not refused');
    };
    for (const headers of [{}, { authorization: '' }, { authorization: 'Basic abc' }, { authorization: 'Bearer ' }, { 'x-api-key': ' ' }]) assert.equal(refused(headers as Record<string, string>).code, 'unauthorized');
    const unknown = refused({ authorization: 'Bearer wrong-secret' });
    assert.equal(unknown.code, 'forbidden');
    assert.ok(!unknown.message.includes('wrong-secret'));
    assert.match(refused({ 'x-api-key': text }, { ...key, enabled: false }).message, /laptop is disabled/);
  });
});
