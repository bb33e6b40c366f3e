// The plugin's commands, answered by a test.

import { clearMocks, mockIPC } from '@tauri-apps/api/mocks';
import { vi } from 'vitest';

/** A command without an answer fails. A function answers what it is given. */
export function answerCommands(answers: Readonly<Record<string, unknown>>): void {
  vi.stubGlobal('window', globalThis);
  mockIPC((command, given): unknown => {
    const answer = answers[command.replace('plugin:webrtc|', '')];
    if (answer === undefined) throw new Error(`no test answers ${command}`);
    return typeof answer === 'function' ? answer(given) : answer;
  });
}

/** After the tests that answer some. */
export function answerNoCommands(): void {
  clearMocks();
  vi.unstubAllGlobals();
}
