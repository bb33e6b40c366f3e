// How much room the controls of a call have: it follows the width of the stage, which a panel
// narrows, not that of the window.

/**
 * `wide`: everything. `medium`: without the device menus. `small`: microphone, camera, more and
 * leave, and the rest in a sheet.
 */
export type ControlSize = 'wide' | 'medium' | 'small';

const WIDE = 720;
const MEDIUM = 480;

export function controlSizeOf(stageWidth: number): ControlSize {
  if (stageWidth >= WIDE) return 'wide';
  return stageWidth >= MEDIUM ? 'medium' : 'small';
}

/** `compact`: smaller buttons, so that those that turn pages have room beside the dock. */
export type DockForm = 'roomy' | 'compact';

const ROOMY: Readonly<Record<ControlSize, number>> = { small: 424, medium: 560, wide: 776 };

export function dockFormOf(stageWidth: number): DockForm {
  return stageWidth >= ROOMY[controlSizeOf(stageWidth)] ? 'roomy' : 'compact';
}
