// Slots of media sections: told, not told, and told wrongly.

import { assert, constantFrom, dictionary, jsonValue, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SLOTS } from '../media/slot';
import { readMids, writeMids } from './mids';

/** A section a word: `audio`, `video-rejected`, `video-bundled`; its place is its `mid`. */
function sdpOf(...words: readonly string[]): string {
  const sections = words.map((word, index) => {
    const [medium, rest] = word.split('-');
    const port = rest === undefined ? 9 : 0;
    const bundled = rest === 'bundled' ? 'a=bundle-only\r\n' : '';
    return `m=${medium} ${port} UDP/TLS/RTP/SAVPF 96\r\na=mid:${index}\r\n${bundled}`;
  });
  return `v=0\r\na=mid:session\r\n${sections.join('')}`;
}

describe('slots_not_told', () => {
  it.each([
    ['first_audio_is_microphone', sdpOf('audio', 'video'), { microphone: '0', camera: '1' }],
    ['order_does_not_matter', sdpOf('video', 'audio'), { microphone: '1', camera: '0' }],
    [
      'second_video_has_no_slot',
      sdpOf('audio', 'video', 'video'),
      { microphone: '0', camera: '1' },
    ],
    ['rejected_section_has_no_slot', sdpOf('audio-rejected', 'audio'), { microphone: '1' }],
    [
      'bundled_section_is_not_rejected',
      sdpOf('audio', 'video-bundled'),
      { microphone: '0', camera: '1' },
    ],
    ['data_has_no_slot', sdpOf('application'), {}],
    ['no_section_is_no_slot', '', {}],
  ])('%s', (_, sdp, mids) => {
    expect(readMids(sdp, undefined)).toEqual(mids);
  });
});

describe('slots_told', () => {
  const sdp = sdpOf('audio', 'video', 'video', 'audio');
  const four = { microphone: '0', camera: '1', screen: '2', screenAudio: '3' };

  it('all_four_are_read_as_written', () => {
    expect(readMids(sdp, writeMids(four))).toEqual(four);
  });

  it.each<[string, unknown, unknown]>([
    ['order_of_sections_is_free', { 1: 'screen', 2: 'camera' }, { screen: '1', camera: '2' }],
    ['wrong_medium_is_ignored', { 0: 'camera', 1: 'microphone' }, {}],
    ['missing_section_is_ignored', { 7: 'camera' }, {}],
    ['unknown_slot_is_ignored', { 1: 'hologram', 2: 7 }, {}],
    ['second_of_a_slot_is_ignored', { 1: 'camera', 2: 'camera' }, { camera: '1' }],
    ['no_map_is_an_older_client', ['camera'], { microphone: '0', camera: '1' }],
  ])('%s', (_, told, mids) => {
    expect(readMids(sdp, told)).toEqual(mids);
  });

  it('inherited_names_are_no_slots', () => {
    expect(readMids('m=audio 9 x\r\na=mid:constructor\r\n', {})).toEqual({});
  });

  it('any_map_gives_slots_of_sections', () => {
    const told = dictionary(string(), oneof(constantFrom(...SLOTS), jsonValue()));
    assert(
      property(told, (map) => {
        for (const mid of Object.values(readMids(sdp, map))) expect('0123').toContain(mid);
      }),
    );
  });
});
