import { watchLoop } from './loopDelay.ts';

/** For `node --import`. */
watchLoop();
