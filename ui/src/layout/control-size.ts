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
