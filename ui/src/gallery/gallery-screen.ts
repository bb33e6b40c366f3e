// One screen of the gallery: what it shows, and what is done on it first.

import type { App, PrivateInvite, RoomDraft } from '../app';
import type { Findings } from '../engine/connection-test/findings';
import type { FilesState } from '../engine/files/state';
import type { DoorView } from '../engine/private/door-view';
import type { State } from '../engine/state';
import type { FilesFolder, ScreenQuestion, Settings } from '../ports';
import type { OpenDialog } from '../views/app-context';

export type Appearance = 'dark' | 'light';

export interface GalleryScreen {
  readonly state: Partial<State>;
  readonly settings?: Partial<Settings>;
  readonly files?: Partial<FilesState>;
  /** Where received files go. */
  readonly filesFolder?: FilesFolder;
  readonly roomDraft?: RoomDraft;
  readonly privateInvite?: PrivateInvite;
  readonly passcode?: string;
  readonly door?: DoorView;
  readonly dialog?: OpenDialog;
  /** Of the test of the connection. */
  readonly findings?: Findings;
  /** What the picker of a screen to share offers. */
  readonly screenSources?: ScreenQuestion['sources'];
  /** Whether a sound server answers, for that picker. */
  readonly screenAudio?: ScreenQuestion['audio'];
  /** The system keeps which screen is shared. */
  readonly screenIsKept?: boolean;
  /** Actions on the screen before it is shown. */
  readonly act?: (root: HTMLElement, app: App) => void;
  /** Whether a page of this width has what to act on; if absent, each one has. */
  readonly actsAt?: (width: number) => boolean;
}
