// `video-demand`: how large the sender of the message shows the receiver's video.

import { isRecord } from '../../json';
import type { Demand, SlotDemand } from '../../budget/state';
import type { Fields, Readers } from './family';

export type VideoDemandMessage = { readonly type: 'video-demand' } & Demand;

const MAX_PIXELS = 16_384;

export const VIDEO_DEMAND: Readers<VideoDemandMessage> = {
  'video-demand': readDemand,
};

function readDemand(fields: Fields): VideoDemandMessage | null {
  const camera = readSlot(fields['camera']);
  const screen = readSlot(fields['screen']);
  return camera === null || screen === null ? null : { type: 'video-demand', camera, screen };
}

function readSlot(value: unknown): SlotDemand | null {
  if (!isRecord(value)) return null;
  if (value['kind'] === 'hidden') return { kind: 'hidden' };
  if (value['kind'] !== 'shown') return null;
  const width = readPixels(value['width']);
  const height = readPixels(value['height']);
  const content = value['content'];
  if (width === null || height === null) return null;
  if (content !== 'text' && content !== 'motion') return null;
  return { kind: 'shown', width, height, content };
}

function readPixels(value: unknown): number | null {
  const isSize = typeof value === 'number' && value >= 1 && value <= MAX_PIXELS;
  return isSize ? Math.round(value) : null;
}
