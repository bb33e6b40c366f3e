// What is still to be told of the own pointing.
//
// Invariant: pure and bounded. A newer pointer replaces an older one; the points of a line are kept
// in their order.

import { MAX_POINTS, type PointingMessage } from '../wire/talk/pointing';

const MAX_UNSENT = 32;

export function withUnsent(
  unsent: readonly PointingMessage[],
  message: PointingMessage,
): readonly PointingMessage[] {
  if (message.type === 'point') {
    return [...unsent.filter(({ type }) => type !== 'point'), message];
  }
  const last = unsent.at(-1);
  const isNext =
    last?.type === 'draw' &&
    last.line === message.line &&
    last.points.length + message.points.length <= MAX_POINTS;
  if (isNext) {
    return [...unsent.slice(0, -1), { ...last, points: [...last.points, ...message.points] }];
  }
  return unsent.length < MAX_UNSENT ? [...unsent, message] : unsent;
}
