import type { ErrorCode } from '../contract/fault.ts';

interface Details { readonly cause?: unknown }

/** The one error family. `message` is safe to show a person: it names the thing, the cause and the next step, and no secret. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, details: Details = {}) {
    super(message, { cause: details.cause });
    this.code = code;
  }

  /** Anything thrown, as an AppError; an unknown thing becomes `internal` with itself as the cause. */
  static from(thrown: unknown): AppError {
    if (thrown instanceof AppError) return thrown;
    if (thrown instanceof Error && thrown.name === 'AbortError') return new AppError('cancelled', 'Cancelled.', { cause: thrown });
    return new AppError('internal', 'CodexManager met an error it did not expect. The log has the details.', { cause: thrown });
  }
}
