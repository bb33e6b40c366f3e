// The side panels of a call and of a room. One is open at a time.
//
// To add one: its name here, its texts in `text/en/call.ts` (`panels`), its content in
// `panel-contents.tsx`. A panel without content has no button anywhere.

import type { ComponentType } from 'react';

import type { InsideRoom } from '../../engine/room/state';
import type { CallId } from '../../engine/state';

export type PanelName = 'chat' | 'people' | 'files' | 'connections';

export interface PanelProps {
  readonly room: InsideRoom;
  /** Null outside a call. */
  readonly call: CallId | null;
}

export type PanelContent = ComponentType<PanelProps>;
