// The plugin's commands, answered by a test.

import { clearMocks, mockIPC } from '@tauri-apps/api/mocks';
import { vi } from 'vitest';

/** A command without an answer fails. */
export function answerCommands(answers: Readonly<Record<string, unknown>>): void {
  vi.stubGlobal('window', globalThis);
  mockIPC((command) => {
    const answer = answers[command.replace('plugin:webrtc|', '')];
    if (answer === undefined) throw new Error(`no test answers ${command}`);
    return answer;
  });
}

/** After the tests that answer some. */
export function answerNoCommands(): void {
  clearMocks();
  vi.unstubAllGlobals();
}
