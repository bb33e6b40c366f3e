import { expect, test } from 'vitest';

import { failureOf } from './acquire';

function check(name: string, message: string, expected: string): void {
  const failure = failureOf(Object.assign(new Error(message), { name }));
  expect(failure.kind === 'problem' ? failure.problem : failure.kind).toBe(expected);
}

test('a failure of sharing says what can be done about it', () => {
  check('NotAllowedError', 'Permission denied', 'refused');
  check('NotAllowedError', 'Permission denied by system', 'denied-by-system');
  check('NotFoundError', '', 'no-source');
  check('NotFoundError', 'this desktop has no portal for sharing screens', 'no-portal');
  check('NotFoundError', 'PipeWire is not installed', 'no-pipewire');
  check('NotReadableError', '', 'failed');
});
