import { hash, randomBytes } from 'node:crypto';
import { KeyId, ReasoningEffort } from '../../contract/platformKey.ts';
import type { Handlers, Params } from '../../contract/rpc.ts';
import type { Clock } from '../../core/clock.ts';
import { changedLimits } from '../../core/keyLimits.ts';
import type { KeyRecord, KeySet } from '../../core/records.ts';
import { AppError } from '../../core/appError.ts';
import type { KeyRing } from '../keyRing.ts';

type KeyHandlers = Pick<Handlers, 'apikey/list' | 'apikey/create' | 'apikey/readSecret' | 'apikey/update' | 'apikey/updateModel' | 'apikey/regenerate' | 'apikey/enable' | 'apikey/disable' | 'apikey/delete'>;

export function keyHandlers(keys: KeyRing, clock: Clock): KeyHandlers {
  const change = async (id: KeyId, changeOf: (before: KeyRecord) => Partial<KeySet>): Promise<{ ok: true }> => {
    if (!(await keys.change(id, changeOf))) throw unknownKey(id);
    return { ok: true };
  };
  return {
    'apikey/list': () => Promise.resolve({ items: keys.view() }),
    'apikey/create': async (fields) => {
      const id = KeyId.parse(`gk_${randomBytes(6).toString('hex')}`);
      const key = newSecret();
      const set = { ...unset, ...changeTo(fields, unset) };
      await keys.create({ ...set, id, hash: hashOf(key), enabled: true, createdAt: Math.floor(clock.now() / 1000), lastUsedAt: null }, key);
      return { id, key };
    },
    'apikey/readSecret': async ({ id }) => {
      const key = await keys.readSecret(id);
      if (key === null) throw unknownKey(id);
      return { id, key };
    },
    'apikey/update': ({ id, ...fields }) => change(id, (before) => changeTo(fields, before)),
    'apikey/updateModel': ({ id, modelSlug = null, reasoningEffort = null, protocolType }) => change(id, (before) => changeTo({ modelSlug, reasoningEffort, protocolType }, before)),
    'apikey/regenerate': async ({ id }) => {
      const key = newSecret();
      if (!(await keys.replaceSecret(id, hashOf(key), key))) throw unknownKey(id);
      return { id, key };
    },
    'apikey/enable': async ({ id }) => done(keys.setEnabled(id, true)),
    'apikey/disable': async ({ id }) => done(keys.setEnabled(id, false)),
    'apikey/delete': async ({ id }) => done(keys.delete(id)),
  };
}

const unset: KeySet = { name: null, note: null, modelSlug: null, reasoningEffort: null, protocolType: 'openai_compat', accountGroups: null, accountPlans: null, limits: null, expiresAt: null };

type Fields = Omit<Params<'apikey/update'>, 'id'>;

/** What the fields that are there make of a key. Throws AppError `badRequest` for an effort that does not exist. */
function changeTo({ name, note, modelSlug, reasoningEffort, protocolType, accountGroups, accountPlans, limits, expiresAt }: Fields, before: Pick<KeySet, 'limits'>): Partial<KeySet> {
  return {
    ...(name !== undefined && { name: filled(name) }),
    ...(note !== undefined && { note: filled(note) }),
    ...(modelSlug !== undefined && { modelSlug: filled(modelSlug) }),
    ...(reasoningEffort !== undefined && { reasoningEffort: effortOf(filled(reasoningEffort)) }),
    ...(protocolType && { protocolType }),
    ...(accountGroups !== undefined && { accountGroups: distinct(accountGroups) }),
    ...(accountPlans !== undefined && { accountPlans: distinct(accountPlans, true) }),
    ...(limits !== undefined && { limits: changedLimits(before.limits, limits) }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

function newSecret(): string {
  return randomBytes(32).toString('hex');
}

function hashOf(secret: string): string {
  return hash('sha256', secret, 'hex');
}

function unknownKey(id: KeyId): AppError {
  return new AppError('notFound', `There is no platform key ${id}. It may have been deleted.`);
}

/** An unknown id is no error, as in the original. */
async function done(work: Promise<boolean>): Promise<{ ok: true }> {
  await work;
  return { ok: true };
}

/** Plans are written in lower case by the provider. */
function distinct(names: readonly string[] | null | undefined, lower = false): string[] | null {
  return names ? [...new Set(names.map((name) => (lower ? name.trim().toLowerCase() : name.trim())))] : null;
}

function filled(value: string | null | undefined): string | null {
  return value && value.trim() !== '' ? value.trim() : null;
}

function effortOf(value: string | null): string | null {
  if (value === null) return null;
  const effort = ReasoningEffort.safeParse(value.toLowerCase() === 'extra_high' ? 'xhigh' : value.toLowerCase());
  if (!effort.success) throw new AppError('badRequest', `reasoningEffort "${value.slice(0, 40)}" is not known. Use low, medium, high or xhigh, or leave it out.`);
  return effort.data;
}
