// Errors of refused commands, as problems: the shell's fault.
//
// Invariant: the shell is of the same version, so a fault has one of the known codes.

import { isRecord } from '../../engine/json';
import type { ProblemReason } from '../../engine/problem';
import { ProblemError } from '../../problem-error';
import type { ShellFault } from '../../protocol/shell-fault';

/** Rejects with a `ProblemError`, as the ports promise. */
export async function explaining<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw new ProblemError(reasonOf(error), { cause: error });
  }
}

export function reasonOf(error: unknown): ProblemReason {
  if (isShellFault(error)) return { code: 'shell-error', fault: error };
  // Tauri itself rejects with plain strings, if it does not understand the page.
  return typeof error === 'string'
    ? { code: 'shell-error', fault: { code: 'bad-message', detail: error } }
    : { code: 'shell-silent' };
}

function isShellFault(error: unknown): error is ShellFault {
  return isRecord(error) && typeof error['code'] === 'string';
}
