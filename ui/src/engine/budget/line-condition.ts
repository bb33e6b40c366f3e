// How bad the line is for a person, from the budget and the statistics of the last seconds.
//
// Invariant: one weak peer of several is that peer's line, not this one. Without video on its way,
// nothing can be saved, and no line is bad.

import { isWeak } from '../connection-report/weak';
import type { State } from '../state';
import type { LineCondition } from './offer';

/** Less than two pictures of a medium size, with audio. */
const NARROW_BPS = 500_000;

export function lineCondition({ budget, statistics }: State): LineCondition {
  if (!carriesVideo({ budget, statistics })) return 'good';
  const { peers, line, grants } = budget;
  const weak = peers.filter(({ id }) => isWeak(statistics[id] ?? [])).length;
  const isNarrow = line.fellAt !== null && line.bps < NARROW_BPS;
  if (!isNarrow && weak * 2 <= peers.length) return 'good';
  const cameras = grants.map(({ camera }) => camera);
  const isStarved =
    cameras.length > 0 &&
    cameras.every((one) => one.kind === 'off' && (one.reason === 'line' || one.reason === 'path'));
  return isStarved ? 'starved' : 'bad';
}

function carriesVideo({ budget, statistics }: Pick<State, 'budget' | 'statistics'>): boolean {
  if (budget.captured.camera === 'on' || budget.captured.screen !== 'off') return true;
  return Object.values(statistics).some((history) =>
    history.at(-1)?.received.some(({ framesPerSecond }) => (framesPerSecond ?? 0) > 0),
  );
}
