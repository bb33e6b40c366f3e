// Somebody is blocked, or is about to be.

import { whenThere } from './act';
import type { GalleryScreen } from './gallery-screen';
import { callWith, inside, member, PRIVATE_SESSION, ROOM_SESSION } from './people';

const BLOCK = 'button[aria-label^="Block "]';
const SESSION = 'a'.repeat(64);

export const BLOCKING_SCREENS: Readonly<Record<string, GalleryScreen>> = {
  'room-block-question': {
    state: inside([member(0), member(1)], PRIVATE_SESSION),
    act: (root) => whenThere(root, BLOCK, (button) => button.click()),
  },
  'room-blocked': {
    state: inside([member(0, { session: SESSION }), member(1)], {
      ...ROOM_SESSION,
      blocked: [SESSION],
    }),
  },
  'call-block-question': {
    state: callWith(2),
    act: (root) => {
      whenThere(root, 'figure', (tile) => {
        tile.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
      });
      whenThere(document.body, '[role="dialog"] > button:last-of-type', (button) => button.click());
    },
  },
};
