// Steps down for a processor that encodes too slowly: the frame rate first, then the size.
//
// Invariant: a step down needs 3 s of overload, a step up 10 s without; each step up that was in
// vain doubles that time.

export interface Processor {
  readonly steps: number;
  readonly overloadedSince: number | null;
  readonly easySince: number | null;
  readonly steppedUpAt: number | null;
  readonly waitMs: number;
}

const OVERLOAD_MS = 3_000;
const MIN_WAIT_MS = 10_000;
const MAX_WAIT_MS = 160_000;
/** Overload this soon after a step up shows that the step was too early. */
const IN_VAIN_MS = 20_000;
const MAX_STEPS = 4;

export const FAST_PROCESSOR: Processor = {
  steps: 0,
  overloadedSince: null,
  easySince: null,
  steppedUpAt: null,
  waitMs: MIN_WAIT_MS,
};

export function nextProcessor(
  before: Processor,
  at: number,
  load: 'overloaded' | 'easy',
): Processor {
  switch (load) {
    case 'overloaded': {
      const since = before.overloadedSince ?? at;
      const overloaded = { ...before, overloadedSince: since, easySince: null };
      return at - since >= OVERLOAD_MS ? steppedDown(overloaded, at) : overloaded;
    }
    case 'easy': {
      const since = before.easySince ?? at;
      const easy = { ...before, overloadedSince: null, easySince: since };
      if (before.steps === 0 || at - since < before.waitMs) return easy;
      return { ...easy, steps: before.steps - 1, easySince: at, steppedUpAt: at };
    }
  }
}

function steppedDown(overloaded: Processor, at: number): Processor {
  const { steps, steppedUpAt, waitMs } = overloaded;
  const isInVain = steppedUpAt !== null && at - steppedUpAt < IN_VAIN_MS;
  return {
    ...overloaded,
    steps: Math.min(MAX_STEPS, steps + 1),
    overloadedSince: at,
    steppedUpAt: null,
    waitMs: isInVain ? Math.min(MAX_WAIT_MS, waitMs * 2) : waitMs,
  };
}

/** Every second step is one rung fewer; the steps between take a third of the frames. */
export function rungsFewer({ steps }: Processor): number {
  return Math.floor(steps / 2);
}

export function slowedFrameRate({ steps }: Processor, frameRate: number): number {
  return steps % 2 === 0 ? frameRate : Math.ceil((frameRate * 2) / 3);
}
