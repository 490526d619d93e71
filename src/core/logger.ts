import type { LogLevel } from '../contract/host.ts';

/** Where a part says what it did. Messages carry no token, key, prompt or body. */
export type Log = (level: LogLevel, message: string) => void;
