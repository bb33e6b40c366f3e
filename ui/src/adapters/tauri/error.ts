// Errors of refused commands: a sentence for people; the code is not shown.

import { isRecord } from '../../engine/json';
import type { CommandError } from './ipc';

/** Rejects with an `Error` whose message is for people, as the ports promise. */
export async function saying<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw new Error(sentenceOf(error), { cause: error });
  }
}

export function sentenceOf(error: unknown): string {
  if (isCommandError(error)) return error.message;
  // Tauri itself rejects with plain strings.
  return typeof error === 'string' ? error : 'The app gave no answer. Close it and open it again.';
}

function isCommandError(error: unknown): error is CommandError {
  return isRecord(error) && typeof error['message'] === 'string';
}
