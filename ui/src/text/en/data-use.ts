// How much data a call may use, what is sent to each person and why, and whom the line carries.

import { MOST_WITH_AUDIO, MOST_WITH_VIDEO, type Capacity } from '../../engine/budget/capacity';
import type { OffReason, PeerGrants, SizeReason, VideoGrant } from '../../engine/budget/grant';
import type { MeasuredLine } from '../../engine/budget/measured-line';
import type { OfferKind } from '../../engine/budget/offer';
import type { RungName } from '../../engine/budget/rungs';
import { isolate } from '../../engine/sentence';
import { possessive } from './words';

export const dataUse = {
  saveData: 'Save data',
  audioOnly: 'Audio only for me',
  showPictures: 'Show pictures',
  notNow: 'Not now',
  isAudioOnly: 'Audio only: you send and get no pictures.',
  offer: {
    saving: 'The line is slow. Smaller pictures leave room for the voices.',
    'audio-only': 'The line is too slow for pictures. Without them, the voices stay clear.',
  } satisfies Readonly<Record<OfferKind, string>>,
  sent,
  sentShort,
  audio: {
    'narrow-line': 'Voices are sent with less data, because the line is narrow.',
    saving: 'Voices and pictures are sent with less data, because you save data.',
    'audio-only': 'You send and get no pictures, because you chose audio only.',
  },
  capacity: capacityText,
} as const;

const PICTURE: Readonly<Record<RungName, string>> = {
  '180p': 'a small picture',
  '360p': 'a medium picture',
  '720p': 'a large picture',
  '1080p': 'a very large picture',
};

/** What a person gets of this person's picture, and why. */
function sent(name: string, { camera }: PeerGrants): string | null {
  const why = reasonText(name, camera);
  if (why === null) return null;
  switch (camera.kind) {
    case 'send': {
      const what = `${isolate(name)} gets ${PICTURE[camera.rung]} of you`;
      return why === '' ? `${what}.` : `${what}, because ${why}.`;
    }
    case 'off':
      if (camera.reason === 'opening') return `Your picture to ${isolate(name)} is about to begin.`;
      return `${isolate(name)} gets no picture of you, because ${why}.`;
  }
}

/** For the options of a tile: only what is less than all. */
function sentShort(name: string, { camera }: PeerGrants): string | null {
  const why = reasonText(name, camera);
  if (why === null || why === '') return null;
  switch (camera.kind) {
    case 'send':
      return camera.reason === 'shown-small' ? null : `Gets ${PICTURE[camera.rung]}: ${why}.`;
    case 'off':
      return camera.reason === 'opening' ? null : `Gets no picture: ${why}.`;
  }
}

/** Null if there is nothing to say, empty if nothing limits it. */
function reasonText(name: string, grant: VideoGrant): string | null {
  return grant.kind === 'send' ? sizeReason(name, grant.reason) : offReason(name, grant.reason);
}

function sizeReason(name: string, reason: SizeReason): string {
  switch (reason) {
    case 'largest':
      return '';
    case 'shown-small':
      return `it is shown no larger at ${possessive(name)} end`;
    case 'saving':
      return 'you save data';
    case 'processor':
      return 'your computer is busy';
    case 'line':
      return 'your line is full';
    case 'path':
      return `the line to ${isolate(name)} is full`;
  }
}

function offReason(name: string, reason: OffReason): string | null {
  switch (reason) {
    case 'not-captured':
      return null;
    case 'opening':
      return '';
    case 'hidden':
      return `it is hidden at ${possessive(name)} end`;
    case 'audio-only':
      return 'you chose audio only';
    case 'line':
      return 'your line is full';
    case 'path':
      return `the line to ${isolate(name)} is full`;
  }
}

/** Both numbers count this person. */
export function capacityText(
  { withVideo, withAudio }: Capacity,
  kind: MeasuredLine['kind'],
): string {
  const about = kind === 'limit' ? 'about' : 'at least';
  if (withVideo === MOST_WITH_VIDEO && withAudio === MOST_WITH_AUDIO) {
    return `This connection carries a full room: ${withVideo} people with pictures, ${withAudio} in all.`;
  }
  if (withAudio < 2) return 'This connection is too slow for a call at the moment.';
  if (withVideo < 2) {
    return `This connection carries ${about} ${people(withAudio)} with voices, and no pictures.`;
  }
  if (withVideo === withAudio) return `This connection carries ${about} ${people(withVideo)}.`;
  return (
    `This connection carries ${about} ${people(withVideo)} with pictures, ` +
    `and ${people(withAudio)} with voices only.`
  );
}

function people(count: number): string {
  return `${count} people`;
}
