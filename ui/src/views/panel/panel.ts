// The side panels of a call. One is open at a time.
//
// To add one: its name here, its texts in `text/en/call.ts` (`panels`), its content in
// `panel-contents.tsx`. A panel without content has no button anywhere.

import type { ComponentType } from 'react';

import type { CallId } from '../../engine/state';
import type { InsideRoom } from '../room/room-view';

export type PanelName = 'people' | 'connections';

export interface PanelProps {
  readonly room: InsideRoom;
  readonly call: CallId;
}

export type PanelContent = ComponentType<PanelProps>;
