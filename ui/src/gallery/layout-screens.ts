// Calls in every layout, for 1 to 13 people.

import type { MemberStatus } from '../engine/state';
import { texts } from '../text/texts';
import { click, pressInCall, whenThere } from './act';
import { BEGINNING, callWith, inside } from './people';
import type { GalleryScreen } from './gallery-screen';
import { NO_OFFER } from '../engine/budget/offer';
import { drawnBudget, drawnStatistics } from './statistics';

const someMuted = (index: number): Partial<MemberStatus> => ({
  microphone: index % 3 !== 1,
  camera: index !== 4,
});
const noCamera = (): Partial<MemberStatus> => ({ camera: false });

export const LAYOUT_SCREENS: Readonly<Record<string, GalleryScreen>> = {
  'call-alone': {
    state: { ...inside([]), call: { kind: 'active', id: 'c', scope: 'everybody', peers: [] } },
  },
  'call-8': { state: callWith(7, someMuted) },
  // The grid of more is what Automatic shows, and the speaker view of two the pair.
  'call-grid-2': { state: callWith(1, someMuted), settings: { layout: 'grid' } },
  ...Object.fromEntries(
    [3, 5, 8].map((count) => [
      `call-speaker-${count}`,
      { state: callWith(count - 1, someMuted), settings: { layout: 'speaker' } },
    ]),
  ),
  'call-pages': { state: callWith(12, someMuted) },
  'call-last-page': {
    state: callWith(12, someMuted),
    act: click(texts.call.pages.next),
    // A larger one has room for all.
    actsAt: (width) => width < 1280,
  },
  'call-pinned': { state: callWith(4, someMuted), act: pressInCall('2') },
  'call-pinned-two': { state: callWith(7, someMuted), act: pressInCall('2', '4') },
  'call-self-hidden': { state: callWith(4), settings: { showSelf: 'hidden' } },
  'call-self-corner': { state: callWith(4), settings: { showSelf: 'corner' } },
  'call-speaker-corner': {
    state: callWith(4),
    settings: { layout: 'speaker', showSelf: 'corner' },
  },
  'call-no-cameras': {
    state: {
      ...callWith(4, noCamera),
      media: {
        ...BEGINNING.media,
        camera: { ...BEGINNING.media.camera, wanted: false, capture: { kind: 'idle' } },
      },
    },
  },
  'call-ringing-all': {
    state: callWith(4, () => ({ call: null }), { phase: 'calling', path: 'connecting' }),
  },
  'call-speaker-reconnecting': {
    state: callWith(7, undefined, { path: 'reconnecting' }),
    settings: { layout: 'speaker' },
  },
  'call-layout-menu': { state: callWith(2), act: click(texts.call.layout.label) },
  'call-connections': {
    state: {
      ...callWith(2),
      budget: drawnBudget(['l0', 'l1']),
      statistics: { l0: drawnStatistics('l0'), l1: drawnStatistics('l1') },
    },
    act: pressInCall('D'),
  },
  'call-capacity': {
    state: { ...callWith(2), budget: drawnBudget(['l0', 'l1']) },
    act: pressInCall('p'),
  },
  ...Object.fromEntries(
    (['saving', 'audio-only'] as const).map((shown) => [
      `call-offer-${shown}`,
      { state: { ...callWith(1), dataOffer: { ...NO_OFFER, shown } } },
    ]),
  ),
  'call-audio-only': {
    state: {
      ...callWith(4),
      budget: { ...drawnBudget([]), dataUse: 'audio-only' },
      media: {
        ...BEGINNING.media,
        camera: { ...BEGINNING.media.camera, wanted: false, capture: { kind: 'idle' } },
      },
    },
  },
  'call-more-menu': { state: callWith(2), act: click(texts.call.more) },
  'call-microphone-menu': {
    state: callWith(2),
    act: click(texts.call.chooseMicrophone),
    actsAt: (width) => width >= 720,
  },
  'call-options': {
    state: { ...callWith(2), budget: drawnBudget(['l1', 'l0']) },
    act: (root) =>
      whenThere(root, 'figure', (tile) => {
        tile.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
      }),
  },
};
