import { resolve } from 'node:path';
import type { Store } from '../../src/core/store.ts';
import { Scope } from '../../src/core/scope.ts';
import { systemClock } from '../../src/core/systemClock.ts';
import { AccountPool } from '../../src/service/accountPool.ts';
import { CodexAuthFile } from '../../src/service/codexAuthFile.ts';
import { careForTokens } from '../../src/service/tokenCare.ts';
import type { TokenKeeper } from '../../src/service/tokenKeeper.ts';
import { openStore } from '../../src/storage/storeClient.ts';
import { HttpSender } from '../../src/upstream/httpSend.ts';
import { UpstreamPools } from '../../src/upstream/upstreamPools.ts';
import { directNetwork } from './directNetwork.ts';

/** Built, as hosts run it: its binary lies beside it. */
export const storeFile = resolve(import.meta.dirname, '../../dist/store.js');

export interface CareOptions {
  readonly dbPath: string;
  readonly issuer: string;
  readonly codexHome: string;
  /** Called around every write of tokens; what it returns is waited for. */
  readonly onSave?: (when: 'before' | 'after') => Promise<void>;
}

/** The care for tokens as the service has it, on a real database, without gateway and RPC. */
export async function startCare({ dbPath, issuer, codexHome, onSave }: CareOptions): Promise<{ readonly keeper: TokenKeeper; readonly pool: AccountPool; dispose(): Promise<void> }> {
  const scope = new Scope();
  const { store, accounts } = await openStore({ dbPath, storeFile, envDataKey: null, secretDataKey: null, onNotice: () => undefined });
  scope.own({ dispose: () => store.close() });
  const sender = new HttpSender(scope.own(new UpstreamPools({ connectTimeoutMs: 2_000 })));
  const log = (): void => undefined;
  const pool = scope.own(new AccountPool({ store: onSave ? watched(store, onSave) : store, clock: systemClock, log }, accounts));
  const keeper = careForTokens({ pool, clock: systemClock, log, send: sender.send, network: directNetwork, config: { issuer, clientId: 'app', fallbackBaseUrl: null }, codexAuth: new CodexAuthFile(codexHome) }, scope);
  return { keeper, pool, dispose: () => scope.dispose() };
}

function watched(store: Store, onSave: NonNullable<CareOptions['onSave']>): Store {
  const saveTokens: Store['saveTokens'] = async (id, tokens) => {
    await onSave('before');
    await store.saveTokens(id, tokens);
    await onSave('after');
  };
  return new Proxy(store, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name);
      return name === 'saveTokens' ? saveTokens : typeof found === 'function' ? found.bind(target) as unknown : found;
    },
  });
}
