import { expect, it } from 'vitest';

import { ownTransceivers } from './transceivers';

function transceiver(kind: string, currentDirection: RTCRtpTransceiver['currentDirection'] = null) {
  return { currentDirection, receiver: { track: { kind } } };
}

it('camera_is_sent_once_however_many_video_sections_there_are', () => {
  const all = [
    transceiver('audio'),
    ...Array.from({ length: 40 }, () => transceiver('video')),
    transceiver('audio'),
  ];
  expect(ownTransceivers(all, [])).toEqual([all[0], all[1]]);
});

it('transceivers_in_use_stay_when_sections_are_added_before_them', () => {
  const [audio, video] = [transceiver('audio'), transceiver('video')];
  const all = [transceiver('video'), transceiver('audio'), audio, video];
  const own = ownTransceivers(all, [audio, video]);
  expect(own[0]).toBe(audio);
  expect(own[1]).toBe(video);
});

it('stopped_transceivers_are_replaced', () => {
  const video = transceiver('video', 'stopped');
  const next = transceiver('video');
  expect(ownTransceivers([video, next], [video])).toEqual([next]);
});
