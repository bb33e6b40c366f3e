// Delivery of own entries to one correspondent: in batches, repeated until acknowledged.
//
// Invariant: what is said here stays below a member's quota (talk/quota.ts), also after a long
// interruption. A new way starts the delivery again at once.

import { clearTimer, setTimer, type StepContext } from '../step-context';
import { sayTo } from '../talk/commands';
import { nextBatch, withReceipts } from './outbox';
import type { Correspondent, Flow } from './state';
import { setChat, setKept } from './update';

const IDLE: Flow = { inFlight: [], pace: 'free', tries: 0 };
const MAX_IN_FLIGHT = 32;
/** After this number of repetitions an entry counts as not delivered: after a minute. */
const MAX_TRIES = 6;
const REPEAT_MS = 2_000;
const MAX_REPEAT_MS = 15_000;
/** As long as there is no way, it is tried at this interval; no repetition is counted. */
const NO_WAY_MS = 5_000;
const PAUSE_MS = 200;
const PAUSE_FOR_ENTRY_MS = 60;

/** Sends what is not on its way, if there is a way. */
export function deliver(context: StepContext, { id, place }: Correspondent): void {
  const flow = flowOf(context, id);
  if (place.kind !== 'here' || flow.pace === 'pausing') return;
  if (flow.inFlight.length >= MAX_IN_FLIGHT) return;
  const entries = nextBatch(context.state.chat.kept.outbox, id, flow.inFlight);
  if (entries.length === 0) return;
  if (sayTo(context, place.member, { type: 'chat', entries }) === 'unsent') {
    return setTimer(context, { kind: 'chat-repeat', correspondent: id }, NO_WAY_MS);
  }
  const inFlight = [...flow.inFlight, ...entries.map(({ number }) => number)];
  setFlow(context, id, { ...flow, inFlight, pace: 'pausing' });
  const pause = Math.max(PAUSE_MS, entries.length * PAUSE_FOR_ENTRY_MS);
  setTimer(context, { kind: 'chat-pause', correspondent: id }, pause);
  const repeat = Math.min(MAX_REPEAT_MS, REPEAT_MS * 2 ** flow.tries);
  setTimer(context, { kind: 'chat-repeat', correspondent: id }, repeat);
}

/** There may be a new way: everything that is not acknowledged is sent again. */
export function deliverAgain(context: StepContext, correspondent: Correspondent): void {
  const { id } = correspondent;
  setKept(context, { outbox: withReceipts(context.state.chat.kept.outbox, id, 'waiting') });
  setFlow(context, id, { ...flowOf(context, id), inFlight: [], tries: 0 });
  deliver(context, correspondent);
}

/** These have arrived. */
export function landed(
  context: StepContext,
  correspondent: Correspondent,
  numbers: readonly number[],
): void {
  const { id } = correspondent;
  const flow = flowOf(context, id);
  const inFlight = flow.inFlight.filter((number) => !numbers.includes(number));
  setFlow(context, id, { ...flow, inFlight, tries: 0 });
  if (inFlight.length === 0) clearTimer(context, { kind: 'chat-repeat', correspondent: id });
  deliver(context, correspondent);
}

export function handlePause(context: StepContext, correspondent: Correspondent): void {
  const flow = flowOf(context, correspondent.id);
  setFlow(context, correspondent.id, { ...flow, pace: 'free' });
  deliver(context, correspondent);
}

export function handleRepeat(context: StepContext, correspondent: Correspondent): void {
  const { id } = correspondent;
  const flow = flowOf(context, id);
  const tries = flow.inFlight.length === 0 ? flow.tries : flow.tries + 1;
  if (tries > MAX_TRIES) return giveUp(context, id);
  setFlow(context, id, { ...flow, inFlight: [], tries });
  deliver(context, correspondent);
}

/** Not delivered, until there is another way or the person tries again. */
export function giveUp(context: StepContext, id: string): void {
  stopFlow(context, id);
  setKept(context, { outbox: withReceipts(context.state.chat.kept.outbox, id, 'failed') });
}

export function stopFlow(context: StepContext, id: string): void {
  for (const kind of ['chat-pause', 'chat-repeat'] as const) {
    clearTimer(context, { kind, correspondent: id });
  }
  const flows = Object.entries(context.state.chat.flows).filter(([each]) => each !== id);
  setChat(context, { flows: Object.fromEntries(flows) });
}

function flowOf({ state }: StepContext, id: string): Flow {
  return state.chat.flows[id] ?? IDLE;
}

function setFlow(context: StepContext, id: string, flow: Flow): void {
  setChat(context, { flows: { ...context.state.chat.flows, [id]: flow } });
}
