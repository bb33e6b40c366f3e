import { expect, it } from 'vitest';

import type { Mids, Slot } from '../../engine/media/slot';
import { midsOf, namedTransceivers, ownTransceivers } from './transceivers';

let sections = 0;

function transceiver(kind: string, currentDirection: RTCRtpTransceiver['currentDirection'] = null) {
  sections += 1;
  return { mid: String(sections), currentDirection, receiver: { track: { kind } } };
}

type Fake = ReturnType<typeof transceiver>;

function named(slots: Readonly<Partial<Record<Slot, Fake>>>): Mids {
  return Object.fromEntries(Object.entries(slots).map(([slot, { mid }]) => [slot, mid]));
}

it('camera_is_sent_once_however_many_video_sections_there_are', () => {
  const microphone = transceiver('audio');
  const camera = transceiver('video');
  const rest = Array.from({ length: 39 }, () => transceiver('video'));
  const all = [microphone, camera, ...rest, transceiver('audio')];
  const own = ownTransceivers(all, named({ microphone, camera }), new Map());
  expect([...own.values()]).toEqual([microphone, camera]);
});

it('transceivers_in_use_stay_when_sections_are_added_before_them', () => {
  const [audio, video] = [transceiver('audio'), transceiver('video')];
  const [otherVideo, otherAudio] = [transceiver('video'), transceiver('audio')];
  const all = [otherVideo, otherAudio, audio, video];
  const mids = named({ microphone: otherAudio, camera: otherVideo });
  const before = new Map([
    ['microphone', audio],
    ['camera', video],
  ] as const);
  const own = ownTransceivers(all, mids, before);
  expect(own.get('microphone')).toBe(audio);
  expect(own.get('camera')).toBe(video);
});

it('stopped_transceivers_are_replaced', () => {
  const video = transceiver('video', 'stopped');
  const next = transceiver('video');
  const own = ownTransceivers([video, next], named({ camera: next }), new Map([['camera', video]]));
  expect([...own.values()]).toEqual([next]);
});

it('slot_of_another_medium_is_not_named', () => {
  const audio = transceiver('audio');
  expect(namedTransceivers([audio], named({ camera: audio })).size).toBe(0);
});

it('four_slots_keep_their_mids', () => {
  const four = {
    microphone: transceiver('audio'),
    camera: transceiver('video'),
    screen: transceiver('video'),
    screenAudio: transceiver('audio'),
  };
  const mids = named(four);
  expect(midsOf(ownTransceivers(Object.values(four), mids, new Map()))).toEqual(mids);
});

it('transceiver_in_use_takes_no_second_slot', () => {
  const microphone = transceiver('audio');
  const mids = named({ screenAudio: microphone });
  const own = ownTransceivers([microphone], mids, new Map([['microphone', microphone]]));
  expect([...own.keys()]).toEqual(['microphone']);
});
