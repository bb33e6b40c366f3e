// One screen of the gallery: what it shows, and what is done on it first.

import type { App, RoomDraft } from '../app';
import type { State } from '../engine/state';
import type { Settings } from '../ports';
import type { OpenDialog } from '../views/app-context';

export interface GalleryScreen {
  readonly state: Partial<State>;
  readonly settings?: Partial<Settings>;
  readonly roomDraft?: RoomDraft;
  readonly dialog?: OpenDialog;
  /** Actions on the screen before it is shown. */
  readonly act?: (root: HTMLElement, app: App) => void;
}
