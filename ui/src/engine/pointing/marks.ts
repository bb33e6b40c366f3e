// The marks on shared screens after one more message.
//
// Invariant: pure. There is a limit to the lines of one person, to the points of a line and to all
// marks; what is beyond it changes nothing.

import type { MemberId } from '../../protocol/wire';
import type { DrawMessage, PointingMessage } from '../wire/talk/pointing';
import type { LineMark, Mark, PointingState } from './state';

const MAX_LINES_OF_ONE = 24;
const MAX_MARKS = 128;
export const MAX_POINTS_OF_LINE = 512;

/** The changed mark, or the id of the mark that is gone; null if nothing changed. */
export type MarkChange =
  | { readonly kind: 'marked'; readonly mark: Mark }
  | { readonly kind: 'gone'; readonly mark: number }
  | null;

export function changeOf(
  { marks, nextMark }: PointingState,
  by: MemberId,
  message: PointingMessage,
): MarkChange {
  if (message.type === 'draw') {
    const mark = lineAfter(marks, nextMark, by, message);
    return mark === null ? null : { kind: 'marked', mark };
  }
  const before = marks.find((mark) => mark.kind === 'pointer' && mark.by === by);
  const { screen, at } = message;
  if (at === null) {
    return before?.screen === screen ? { kind: 'gone', mark: before.id } : null;
  }
  if (before === undefined && marks.length >= MAX_MARKS) return null;
  const { id, change } = before ?? { id: nextMark, change: 0 };
  return {
    kind: 'marked',
    mark: { kind: 'pointer', id, by, screen, at, change: change + 1 },
  };
}

function lineAfter(
  marks: readonly Mark[],
  id: number,
  by: MemberId,
  { screen, line, points }: DrawMessage,
): LineMark | null {
  const lines = marks.filter((mark): mark is LineMark => mark.kind === 'line' && mark.by === by);
  const before = lines.find((mark) => mark.line === line && mark.screen === screen);
  if (before === undefined) {
    if (lines.length >= MAX_LINES_OF_ONE || marks.length >= MAX_MARKS) return null;
    return { kind: 'line', id, by, screen, line, points, change: 1 };
  }
  if (before.points.length + points.length > MAX_POINTS_OF_LINE) return null;
  return { ...before, points: [...before.points, ...points], change: before.change + 1 };
}
