// Calls in which screens are shared: by one, by two, by this person.

import { MIDDLE } from '../engine/share/region';
import type { ScreenStatus, SharedScreen } from '../engine/share/state';
import type { Mark } from '../engine/pointing/state';
import { NO_POINTING } from '../engine/pointing/state';
import { callTexts } from '../text/call-texts';
import { click, clickWords, whenThere } from './act';
import type { GalleryScreen } from './gallery-screen';
import { callWith } from './people';

const OWN: SharedScreen = {
  kind: 'on',
  flow: 'live',
  region: null,
  surface: 'window',
  audio: 'off',
  choice: 'automatic',
  measured: 'text',
};

const sharing =
  (...shown: readonly ScreenStatus[]) =>
  (index: number) => ({ screen: shown[index] ?? ('off' as const) });

/** Two people point at this member's screen, and one of them has drawn a ring. */
function pointed(screen: string, by: string, other: string): GalleryScreen['state'] {
  const ring = Array.from({ length: 25 }, (_, index) => ({
    x: 0.3 + Math.cos((index * Math.PI) / 12) * 0.2,
    y: 0.2 + Math.sin((index * Math.PI) / 12) * 0.08,
  }));
  const marks: readonly Mark[] = [
    { kind: 'line', id: 1, by, screen, line: 1, points: ring, change: 1 },
    { kind: 'pointer', id: 2, by, screen, at: { x: 0.25, y: 0.55 }, change: 1 },
    { kind: 'pointer', id: 3, by: other, screen, at: { x: 0.92, y: 0.8 }, change: 1 },
  ];
  return { pointing: { ...NO_POINTING, marks, nextMark: 4 } };
}

export const SHARE_SCREENS: Readonly<Record<string, GalleryScreen>> = {
  'call-screen-2': { state: callWith(1, sharing('on')) },
  'call-screen-4': { state: callWith(3, sharing('off', 'on')) },
  'call-screens-two': { state: callWith(3, sharing('on', 'on')) },
  'call-screen-paused': { state: callWith(2, sharing('paused')) },
  'call-picking-screen': {
    state: { ...callWith(2), share: { kind: 'asking', extent: 'whole' } },
    screenSources: [
      { id: '1', kind: 'screen', title: 'HDMI-1', width: 1920, height: 1080 },
      { id: '2', kind: 'screen', title: 'DP-2', width: 2560, height: 1440 },
      { id: '3', kind: 'window', title: 'Quarterly numbers', width: 1280, height: 900 },
      { id: '4', kind: 'window', title: 'mail@example.org: 3 unread', width: 1100, height: 760 },
    ],
  },
  'call-picking-screen-no-audio': {
    state: { ...callWith(2), share: { kind: 'asking', extent: 'whole' } },
    screenSources: [{ id: '1', kind: 'screen', title: 'HDMI-1', width: 1920, height: 1080 }],
    screenAudio: 'no-sound-server',
  },
  'call-system-picker': {
    state: { ...callWith(2), share: { kind: 'asking', extent: 'whole' } },
    screenIsKept: true,
    act: (root) => whenThere(root, 'header p + button', () => undefined),
  },
  'call-screen-audio': {
    state: callWith(3, sharing('off', 'on')),
    act: (root) =>
      whenThere(root, 'button[aria-label^="Audio of"]', (button) => {
        button.click();
      }),
  },
  'call-sharing-audio': { state: { ...callWith(2), share: { ...OWN, audio: 'on' } } },
  'call-sharing': { state: { ...callWith(2), share: OWN } },
  'call-sharing-kept-screen': {
    state: { ...callWith(2), share: OWN },
    screenIsKept: true,
  },
  'call-sharing-paused': { state: { ...callWith(1), share: { ...OWN, flow: 'paused' } } },
  'call-screen-pointed': {
    state: { ...callWith(3, sharing('on')), ...pointed('m0', 'm1', 'm-own') },
  },
  'call-screen-drawing': {
    state: { ...callWith(2, sharing('on')), ...pointed('m0', 'm-own', 'm1') },
    act: click(callTexts.share.draw),
  },
  'call-framing-screen': { state: { ...callWith(2), share: { ...OWN, flow: 'framing' } } },
  'call-sharing-part': {
    state: { ...callWith(2), share: { ...OWN, region: { ...MIDDLE, x: 0.4 } } },
    act: clickWords(callTexts.share.changePart),
  },
  'call-sharing-pointed': {
    state: { ...callWith(2), share: OWN, ...pointed('m-own', 'm0', 'm1') },
  },
  'call-sharing-both': { state: { ...callWith(2, sharing('on')), share: OWN } },
};
