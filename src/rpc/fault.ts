import type { Fault } from '../contract/fault.ts';
import { AppError } from '../core/appError.ts';

/** An error as it leaves this process. */
export function toFault(error: AppError): Fault {
  return { code: error.code, message: error.message };
}

/** An error that came from another process. */
export function fromFault({ code, message }: Fault): AppError {
  return new AppError(code, message);
}
