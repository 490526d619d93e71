import type { Refusal } from '../protocol/refusal.ts';
import { AppError } from '../core/appError.ts';

/** A refusal that says itself how it answers the client. */
export class Refused extends AppError {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super('forbidden', refusal.message);
    this.refusal = refusal;
  }
}
