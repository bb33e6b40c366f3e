// The plugin's commands for capturing screens and windows.

import { invoke } from '@tauri-apps/api/core';

/** A screen or a window that can be captured. */
export interface DisplaySource {
  readonly id: string;
  readonly surface: 'monitor' | 'window';
  /** The window's title, or the name of the screen's output. Other programs choose it. */
  readonly title: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

/** Who asks the person what to share: the app, or a dialog of the desktop. */
export type DisplayChooser = 'app' | 'system';

/** What the person has chosen in the desktop's dialog, with the permission to capture it. */
export interface ChosenDisplay {
  readonly grant: string;
  readonly surface: DisplaySource['surface'];
}

/** Null where nothing can be captured. */
export function displayChooser(): Promise<DisplayChooser | null> {
  return invoke<DisplayChooser | null>('plugin:webrtc|display_chooser');
}

/** Waits as long as the person does. */
export function chooseDisplay(): Promise<ChosenDisplay> {
  return invoke<ChosenDisplay>('plugin:webrtc|choose_display');
}

/** The desktop's dialog asks again, also if the person had said that the choice is kept. */
export function forgetDisplayChoice(): Promise<void> {
  return invoke<void>('plugin:webrtc|forget_display_choice');
}

export function displaySources(): Promise<readonly DisplaySource[]> {
  return invoke<readonly DisplaySource[]>('plugin:webrtc|display_sources');
}

/** A small picture of a screen or a window. */
export interface DisplayThumbnail {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** As in `ImageData`. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** Two sides of two bytes each. */
const SIDES_BYTES = 4;

/** Null if the source shows nothing. */
export async function displayThumbnail(source: string): Promise<DisplayThumbnail | null> {
  const sent = await invoke<ArrayBuffer | readonly number[]>('plugin:webrtc|display_thumbnail', {
    source,
  });
  // The bytes are numbers where the engine cannot fetch them.
  const bytes = sent instanceof ArrayBuffer ? new Uint8Array(sent) : Uint8Array.from(sent);
  if (bytes.length <= SIDES_BYTES) return null;
  const sides = new DataView(bytes.buffer);
  const [width, height] = [sides.getUint16(0, true), sides.getUint16(2, true)];
  const rgba = new Uint8ClampedArray(bytes.buffer, SIDES_BYTES);
  return rgba.length === width * height * 4 ? { width, height, rgba } : null;
}

/** A permission to capture this source, once and within seconds. */
export function grantCapture(source: string): Promise<string> {
  return invoke<string>('plugin:webrtc|capture_display', { source });
}
