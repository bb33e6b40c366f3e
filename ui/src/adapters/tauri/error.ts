// Errors of refused commands, as problems: the shell's code with its message as the detail.

import { isRecord } from '../../engine/json';
import type { ProblemReason } from '../../engine/problem';
import { ProblemError } from '../../problem-error';
import type { CommandError } from './ipc';

/** Rejects with a `ProblemError`, as the ports promise. */
export async function explaining<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw new ProblemError(reasonOf(error), { cause: error });
  }
}

export function reasonOf(error: unknown): ProblemReason {
  if (isCommandError(error)) {
    return { code: 'shell-error', error: error.code, detail: error.message };
  }
  // Tauri itself rejects with plain strings.
  return typeof error === 'string'
    ? { code: 'shell-error', error: null, detail: error }
    : { code: 'shell-silent' };
}

function isCommandError(error: unknown): error is CommandError {
  return (
    isRecord(error) && typeof error['code'] === 'string' && typeof error['message'] === 'string'
  );
}
