// What the list says about a transfer whose sender has lost the file.

import { expect, test } from 'vitest';

import { NO_FILES } from '../../engine/files/initial';
import type { Receiving } from '../../engine/files/state';
import { receivingStatus } from './transfer-status';

const PERSON = { session: 's0', email: 'ana@example.org' };
const RECEIVING: Receiving = {
  transfer: '0'.repeat(32),
  file: { name: 'a', size: 5_000_000, modified: 0, first: '0'.repeat(64) },
  person: PERSON,
  holds: [],
  kept: [[0, 2]],
  progress: { samples: [] },
  wrong: 0,
  state: { kind: 'interrupted' },
};

test('receiver_reads_what_a_sender_who_reloaded_has_to_do', () => {
  const peers = [{ peer: 'p', member: 'm', ...PERSON }];
  const here = receivingStatus(RECEIVING, 'Ana', { ...NO_FILES, peers });
  expect(here.sentence).toContain('attached there again');
  const away = receivingStatus(RECEIVING, 'Ana', NO_FILES);
  expect(away.sentence).toContain('connected again');
});
