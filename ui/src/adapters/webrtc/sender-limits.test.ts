import { expect, test } from 'vitest';

import type { PeerGrants, VideoGrant } from '../../engine/budget/grant';
import { senderLimits, type LimitedSender } from './sender-limits';

const SMALL: VideoGrant = {
  kind: 'send',
  rung: '180p',
  maxBitrate: 110_000,
  maxFramerate: 12,
  shortEdge: 180,
  reason: 'shown-small',
};
const UNLIMITED: VideoGrant = {
  kind: 'send',
  rung: '720p',
  maxBitrate: null,
  maxFramerate: null,
  shortEdge: null,
  reason: 'largest',
};

function grants(camera: VideoGrant, ptimeMs: 20 | 60 = 20): PeerGrants {
  const off = { kind: 'off', reason: 'not-captured' } as const;
  return {
    peer: 'ana',
    microphone: { kind: 'send', ptimeMs, maxBitrate: 16_000, silence: 'left-out' },
    screenAudio: off,
    camera,
    screen: off,
  };
}

/** A sender that does as browsers do; `set` has what it was given. */
function sender(size: MediaTrackSettings | null, failure: Error | null = null) {
  const set: RTCRtpEncodingParameters[] = [];
  const degradations: (RTCDegradationPreference | undefined)[] = [];
  const track = size === null ? null : { getSettings: () => size, contentHint: '' };
  let encoding: RTCRtpEncodingParameters = { active: true };
  const made: LimitedSender = {
    track,
    getParameters: () => ({
      transactionId: '1',
      encodings: [{ ...encoding }],
      codecs: [],
      headerExtensions: [],
      rtcp: {},
    }),
    setParameters: ({ encodings, degradationPreference }) => {
      if (failure !== null) return Promise.reject(failure);
      encoding = { ...encodings[0] };
      set.push(encoding);
      degradations.push(degradationPreference);
      return Promise.resolve();
    },
  };
  return { sender: made, track, set, degradations };
}

const HD = { width: 1280, height: 720 };

test('defaults_touch_no_sender', () => {
  const camera = sender(HD);
  senderLimits().apply(new Map([['camera', camera]]), grants(UNLIMITED));
  expect(camera.set).toEqual([]);
});

test('grant_is_applied_once_and_taken_back', () => {
  const camera = sender(HD);
  const limits = senderLimits();
  const own = new Map([['camera', camera]] as const);
  limits.apply(own, grants(SMALL));
  limits.apply(own, grants({ ...SMALL, reason: 'line' }));
  expect(camera.set).toEqual([
    { active: true, maxBitrate: 110_000, maxFramerate: 12, scaleResolutionDownBy: 4 },
  ]);
  limits.apply(own, grants(UNLIMITED));
  expect(camera.set.at(-1)).toEqual({ active: true, scaleResolutionDownBy: 1 });
});

test('off_is_inactive', () => {
  const camera = sender(null);
  const own = new Map([['camera', camera]] as const);
  senderLimits().apply(own, grants({ kind: 'off', reason: 'hidden' }));
  expect(camera.set).toEqual([{ active: false }]);
});

test.each([
  ['upright', { width: 720, height: 1280 }, 4],
  ['small', { width: 160, height: 120 }, undefined],
  ['unknown', {}, undefined],
])('scale_follows_the_short_edge: %s', (_, size, scale) => {
  const camera = sender(size);
  senderLimits().apply(new Map([['camera', camera]]), grants(SMALL));
  expect(camera.set[0]?.scaleResolutionDownBy).toBe(scale);
});

test('narrow_audio_has_a_bitrate', () => {
  const microphone = sender({});
  const limits = senderLimits();
  const own = new Map([['microphone', microphone]] as const);
  limits.apply(own, grants(UNLIMITED, 60));
  limits.apply(own, grants(UNLIMITED, 20));
  expect(microphone.set).toEqual([{ active: true, maxBitrate: 16_000 }, { active: true }]);
});

test('screen_has_priority_over_the_camera', () => {
  const camera = sender(HD);
  const screen = sender(HD);
  const own = new Map([
    ['camera', camera],
    ['screen', screen],
  ] as const);
  senderLimits().apply(own, { ...grants(UNLIMITED), screen: UNLIMITED });
  expect(camera.set).toEqual([]);
  expect(screen.set).toEqual([{ active: true, priority: 'high' }]);
});

test('share_of_text_keeps_its_size_on_a_full_line', () => {
  const screen = sender({ width: 1920, height: 1080 });
  const own = new Map([['screen', screen]] as const);
  const limits = senderLimits();
  const narrow = { ...UNLIMITED, maxBitrate: 300_000, maxFramerate: 5 };
  if (screen.track !== null) screen.track.contentHint = 'detail';
  limits.apply(own, { ...grants(UNLIMITED), screen: narrow });
  expect(screen.degradations).toEqual(['maintain-resolution']);
  expect(screen.set).toEqual([
    { active: true, priority: 'high', maxBitrate: 300_000, maxFramerate: 5 },
  ]);
});

test('share_of_motion_gives_up_size_before_its_rate', () => {
  const screen = sender({ width: 1920, height: 1080 });
  const own = new Map([['screen', screen]] as const);
  const limits = senderLimits();
  if (screen.track !== null) screen.track.contentHint = 'detail';
  limits.apply(own, { ...grants(UNLIMITED), screen: UNLIMITED });
  // What is shared is another thing now; what it may cost is the same.
  if (screen.track !== null) screen.track.contentHint = 'motion';
  const film = { ...UNLIMITED, maxFramerate: 30, shortEdge: 540 };
  limits.apply(own, { ...grants(UNLIMITED), screen: UNLIMITED });
  limits.apply(own, { ...grants(UNLIMITED), screen: film });
  expect(screen.degradations).toEqual(['maintain-resolution', 'balanced', 'balanced']);
  expect(screen.set.at(-1)).toEqual({
    active: true,
    priority: 'high',
    maxFramerate: 30,
    scaleResolutionDownBy: 2,
  });
});

test('refused_limit_is_tried_again', async () => {
  const camera = sender(HD, new DOMException('', 'InvalidStateError'));
  let tries = 0;
  const counted: LimitedSender = {
    ...camera.sender,
    setParameters(parameters) {
      tries += 1;
      return camera.sender.setParameters(parameters);
    },
  };
  const own = new Map([['camera', { sender: counted }]] as const);
  const limits = senderLimits();
  limits.apply(own, grants(SMALL));
  await Promise.resolve();
  await Promise.resolve();
  limits.apply(own, grants(SMALL));
  expect(tries).toBe(2);
});
