// Messages of the `talk` channel: what is written is read, and nothing else is believed.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MAX_TALK_BYTES, readTalk, writeTalk, type TalkMessage } from './talk-message';

const DEMAND: TalkMessage = {
  type: 'video-demand',
  camera: { kind: 'shown', width: 640, height: 360, content: 'motion' },
  screen: { kind: 'hidden' },
};

function changed(change: object): string {
  return JSON.stringify({ v: 1, ...DEMAND, ...change });
}

describe('talk_message', () => {
  it('what_is_written_is_read', () => {
    expect(readTalk(writeTalk(DEMAND))).toEqual({ kind: 'message', message: DEMAND });
  });

  it.each([
    ['later_version', changed({ v: 2 })],
    ['other_type', changed({ type: 'song' })],
  ])('%s_is_unknown', (_, text) => {
    expect(readTalk(text).kind).toBe('unknown');
  });

  it.each([
    ['no_json', '{'],
    ['null', 'null'],
    ['list', '[]'],
    ['no_version', JSON.stringify(DEMAND)],
    ['no_type', changed({ type: 7 })],
    ['no_slot', changed({ screen: undefined })],
    ['negative_size', changed({ camera: { ...DEMAND.camera, width: -1 } })],
    ['endless_size', changed({ camera: { ...DEMAND.camera, height: 1e9 } })],
    ['text_as_size', changed({ camera: { ...DEMAND.camera, width: '640' } })],
    ['other_content', changed({ camera: { ...DEMAND.camera, content: 'dance' } })],
    ['too_long', changed({ more: 'x'.repeat(MAX_TALK_BYTES) })],
  ])('%s_is_malformed', (_, text) => {
    expect(readTalk(text)).toEqual({ kind: 'malformed' });
  });

  it('any_text_is_read_without_failing', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((one) => changed({ camera: one })),
    );
    fc.assert(
      fc.property(text, (one) => {
        expect(['message', 'unknown', 'malformed']).toContain(readTalk(one).kind);
      }),
    );
  });
});
