// The transfers before the first one. Apart from their step, so that a view needs no more of them.

import { FREE_LINE } from './pacing';
import type { FilesState } from './state';

export const NO_FILES: FilesState = {
  peers: [],
  sending: [],
  receiving: [],
  receives: 'ask',
  pacing: FREE_LINE,
  faults: {},
};
