// Pointing on the wire: what is written is read, and nothing outside of the picture is.

import { expect, it } from 'vitest';

import { MAX_POINTS } from './pointing';
import { readTalk, writeTalk, type TalkMessage } from './talk-message';

const AT = { x: 0.25, y: 1 };
const POINT: TalkMessage = { type: 'point', screen: 'm', at: AT };
const DRAW: TalkMessage = { type: 'draw', screen: 'm', line: 1, points: [{ x: 0, y: 0 }, AT] };

it.each<TalkMessage>([
  POINT,
  { ...POINT, at: null },
  DRAW,
  { ...DRAW, points: Array.from({ length: MAX_POINTS }, () => AT) },
])('what_is_written_is_read: %j', (message) => {
  expect(readTalk(writeTalk(message))).toEqual({ kind: 'message', message });
});

it.each([
  ['no_screen', { ...POINT, screen: 1 }],
  ['no_point', { ...POINT, at: undefined }],
  ['point_left_of_the_picture', { ...POINT, at: { x: -0.001, y: 0 } }],
  ['point_below_the_picture', { ...POINT, at: { x: 0, y: 1.001 } }],
  ['text_as_point', { ...POINT, at: { x: '0', y: 0 } }],
  ['broken_point', { ...POINT, at: { x: 0 } }],
  ['list_as_point', { ...POINT, at: [0, 0] }],
  ['line_partly_outside', { ...DRAW, points: [AT, { x: 2, y: 0 }] }],
  ['line_without_points', { ...DRAW, points: [] }],
  ['line_of_too_many', { ...DRAW, points: Array.from({ length: MAX_POINTS + 1 }, () => AT) }],
  ['line_of_text', { ...DRAW, points: 'x' }],
  ['line_without_number', { ...DRAW, line: 0 }],
  ['line_of_broken_number', { ...DRAW, line: 1.5 }],
])('%s_is_malformed', (_, fields) => {
  expect(readTalk(JSON.stringify({ v: 1, ...fields }))).toEqual({ kind: 'malformed' });
});

it('no_number_is_malformed', () => {
  // JSON has no NaN; 1e999 is read as infinite.
  const text = '{"v":1,"type":"point","screen":"m","at":{"x":1e999,"y":0}}';
  expect(readTalk(text)).toEqual({ kind: 'malformed' });
});
