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

/** A permission to capture this source, once and within seconds. */
export function grantCapture(source: string): Promise<string> {
  return invoke<string>('plugin:webrtc|capture_display', { source });
}
