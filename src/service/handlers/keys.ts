import { hash, randomBytes } from 'node:crypto';
import { KeyId, ReasoningEffort } from '../../contract/platformKey.ts';
import type { Handlers } from '../../contract/rpc.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/appError.ts';
import type { KeyRing } from '../keyRing.ts';

type KeyHandlers = Pick<Handlers, 'apikey/list' | 'apikey/create' | 'apikey/readSecret' | 'apikey/update' | 'apikey/enable' | 'apikey/disable' | 'apikey/delete'>;

export function keyHandlers(keys: KeyRing, clock: Clock): KeyHandlers {
  return {
    'apikey/list': () => Promise.resolve({ items: keys.view() }),
    'apikey/create': async ({ name, modelSlug, reasoningEffort, protocolType, accountGroups, accountPlans }) => {
      const id = KeyId.parse(`gk_${randomBytes(6).toString('hex')}`);
      const key = randomBytes(32).toString('hex');
      const record = {
        id, name: filled(name), hash: hash('sha256', key, 'hex'), enabled: true, protocolType: protocolType ?? 'openai_compat' as const,
        modelSlug: filled(modelSlug), reasoningEffort: effortOf(filled(reasoningEffort)), accountGroups: distinct(accountGroups), accountPlans: distinct(accountPlans, true), createdAt: Math.floor(clock.now() / 1000), lastUsedAt: null,
      };
      await keys.create(record, key);
      return { id, key };
    },
    'apikey/readSecret': async ({ id }) => {
      const key = await keys.readSecret(id);
      if (key === null) throw new AppError('notFound', `There is no platform key ${id}. It may have been deleted.`);
      return { id, key };
    },
    'apikey/update': async ({ id, accountGroups, accountPlans }) => {
      const change = { ...(accountGroups !== undefined && { accountGroups: distinct(accountGroups) }), ...(accountPlans !== undefined && { accountPlans: distinct(accountPlans, true) }) };
      if (!(await keys.change(id, change))) throw new AppError('notFound', `There is no platform key ${id}. It may have been deleted.`);
      return { ok: true };
    },
    'apikey/enable': async ({ id }) => done(keys.setEnabled(id, true)),
    'apikey/disable': async ({ id }) => done(keys.setEnabled(id, false)),
    'apikey/delete': async ({ id }) => done(keys.delete(id)),
  };
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
