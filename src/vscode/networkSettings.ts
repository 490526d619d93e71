import * as z from 'zod/mini';
import type { NetworkSettings } from '../contract/host.ts';
import { proxyVariables } from '../core/proxyRoute.ts';
import type { ReadsSettings } from './settings.ts';

/** The section of VS Code's own settings of the network. */
export const networkSection = 'http';

/** How VS Code reaches the network; an engine in a worker thread, which VS Code does not patch, is told. */
export function readNetwork(http: ReadsSettings, environment: Readonly<Record<string, string | undefined>>): NetworkSettings {
  return {
    proxy: http.get('proxySupport') === 'off' ? '' : (z.string().safeParse(http.get('proxy')).data ?? ''),
    noProxy: z.array(z.string()).safeParse(http.get('noProxy')).data ?? [],
    strictSsl: http.get('proxyStrictSSL') !== false,
    systemCertificates: http.get('systemCertificates') !== false,
    variables: proxyVariables(environment),
  };
}

/** Remembers what the engine was told, so that it starts anew only for what makes a difference. */
export class NetworkKeeper {
  readonly #read: () => NetworkSettings;
  #told: string | null = null;

  constructor(read: () => NetworkSettings) {
    this.#read = read;
  }

  /** For an engine that starts. */
  tell(): NetworkSettings {
    const now = this.#read();
    this.#told = JSON.stringify(now);
    return now;
  }

  /** Whether the engine that runs was told otherwise. */
  get changed(): boolean {
    return this.#told !== null && this.#told !== JSON.stringify(this.#read());
  }
}
