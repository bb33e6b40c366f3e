// What other slices may ask about the own screen share.

import type { Content } from '../budget/content';
import type { State } from '../state';
import type { ScreenStatus, SharedScreen } from './state';

export function screenStatus({ share }: Pick<State, 'share'>): ScreenStatus {
  if (share.kind !== 'on' || share.flow === 'framing') return 'off';
  return share.flow === 'paused' ? 'paused' : 'on';
}

export function contentOf({ choice, measured }: SharedScreen): Content {
  return choice === 'automatic' ? measured : choice;
}
