// Perfect negotiation of one peer connection (W3C webrtc-pc, section 10.7), as a pure step.
//
// Invariant: at most one operation runs on the connection. Inputs during an operation wait in
// `queue`, so this state always matches the connection.

import { MAX_CANDIDATES, type Description } from '../wire/description';

export interface Negotiation {
  /** In a glare, rolls its own offer back and answers the remote offer. */
  readonly polite: boolean;
  readonly signaling: 'stable' | 'have-local-offer';
  readonly operation: Operation | null;
  /** Remote descriptions and candidates in order of arrival; they wait for the operation. */
  readonly queue: readonly RemoteInput[];
  /** Negotiation is needed since the last offer began. */
  readonly needed: boolean;
  /** The last remote offer lost a glare; its candidates are ignored. */
  readonly ignoring: boolean;
  /** A remote description is set. Until then candidates wait in `held`. */
  readonly described: boolean;
  readonly held: readonly (RTCIceCandidateInit | null)[];
  /** Number of remote candidates since the last remote description. */
  readonly candidates: number;
  /** Number of our last offer; an answer repeats it. */
  readonly serial: number;
  /** How often it was sent again. */
  readonly repeats: number;
  /** Our unanswered offer. */
  readonly offer: Description | null;
  /** The last remote offer that was answered, with the answer. */
  readonly answered: Answered | null;
}

type Operation =
  | { readonly kind: 'offer' }
  | { readonly kind: 'accept-offer'; readonly serial: number | null; readonly via: Via }
  | { readonly kind: 'accept-answer' };

interface Answered {
  readonly serial: number | null;
  readonly via: Via;
  readonly answer: Description;
}

/** Whether the offer starts the call or renegotiates. */
export type Via = 'call' | 'renegotiation';

export type RemoteInput =
  | {
      readonly type: 'remote-offer';
      readonly offer: Description;
      readonly serial: number | null;
      readonly via: Via;
    }
  | {
      readonly type: 'remote-answer';
      readonly answer: Description;
      readonly serial: number | null;
    }
  | { readonly type: 'remote-candidate'; readonly candidate: RTCIceCandidateInit | null };

export type NegotiationInput =
  | RemoteInput
  /** `negotiationneeded` fired. */
  | { readonly type: 'needed' }
  /** The operation succeeded. */
  | { readonly type: 'done'; readonly local: Description | null }
  | { readonly type: 'failed' }
  /** Our offer may be lost. */
  | { readonly type: 'repeat' };

export type NegotiationOutput =
  | { readonly type: 'offer' }
  | { readonly type: 'accept-offer'; readonly offer: Description }
  | { readonly type: 'accept-answer'; readonly answer: Description }
  | { readonly type: 'add-candidate'; readonly candidate: RTCIceCandidateInit | null }
  | { readonly type: 'send-offer'; readonly offer: Description; readonly serial: number }
  | {
      readonly type: 'send-answer';
      readonly answer: Description;
      readonly serial: number | null;
      readonly via: Via;
    }
  /** The connection cannot continue. */
  | { readonly type: 'broken' };

type Step = readonly [Negotiation, readonly NegotiationOutput[]];

/** More than an honest peer sends during one operation; further inputs are dropped. */
const LONGEST_QUEUE = 512;
/** Of one offer. A member that only says that it was away gets no endless stream of them. */
const MAX_REPEATS = 32;

export function newNegotiation(polite: boolean): Negotiation {
  return {
    polite,
    signaling: 'stable',
    operation: null,
    queue: [],
    needed: false,
    ignoring: false,
    described: false,
    held: [],
    candidates: 0,
    serial: 0,
    repeats: 0,
    offer: null,
    answered: null,
  };
}

export function negotiate(before: Negotiation, input: NegotiationInput): Step {
  switch (input.type) {
    case 'needed':
      return isFirst(before) ? [before, []] : proceed({ ...before, needed: true }, []);
    case 'remote-offer':
    case 'remote-answer':
    case 'remote-candidate':
      if (before.queue.length + before.held.length >= LONGEST_QUEUE) return [before, []];
      return proceed({ ...before, queue: [...before.queue, input] }, []);
    case 'done':
      return done(before, input.local);
    case 'failed':
      return before.operation === null ? [before, []] : [before, [{ type: 'broken' }]];
    case 'repeat':
      if (before.signaling !== 'have-local-offer' || before.offer === null) return [before, []];
      if (before.repeats >= MAX_REPEATS) return [before, []];
      return [
        { ...before, repeats: before.repeats + 1 },
        [{ type: 'send-offer', offer: before.offer, serial: before.serial }],
      ];
  }
}

/** Whether no operation runs, waits or is needed. */
export function isSettled(negotiation: Negotiation): boolean {
  const { signaling, operation, queue, needed } = negotiation;
  return signaling === 'stable' && operation === null && queue.length === 0 && !needed;
}

/**
 * Whether the first description is being made. It already covers the `negotiationneeded` of the
 * new connection, which fires only now. A later change fires again once the connection is stable
 * (webrtc-pc, 4.7.3).
 */
function isFirst({ operation, serial, answered }: Negotiation): boolean {
  return operation !== null && serial === 0 && answered === null;
}

function done(before: Negotiation, local: Description | null): Step {
  const { operation } = before;
  if (operation === null) return [before, []];
  const after: Negotiation = { ...before, operation: null };
  switch (operation.kind) {
    case 'offer': {
      if (local?.type !== 'offer') return [before, [{ type: 'broken' }]];
      const serial = before.serial + 1;
      return proceed(
        { ...after, signaling: 'have-local-offer', serial, repeats: 0, offer: local },
        [{ type: 'send-offer', offer: local, serial }],
      );
    }
    case 'accept-offer': {
      if (local?.type !== 'answer') return [before, [{ type: 'broken' }]];
      const { serial, via } = operation;
      const answered = { serial, via, answer: local };
      return described({ ...after, answered }, [
        { type: 'send-answer', answer: local, serial, via },
      ]);
    }
    case 'accept-answer':
      return described(after, []);
  }
}

/** Stable, with both descriptions set. */
function described(before: Negotiation, outputs: readonly NegotiationOutput[]): Step {
  const held = before.held.map((candidate) => ({ type: 'add-candidate', candidate }) as const);
  return proceed(
    {
      ...before,
      signaling: 'stable',
      offer: null,
      described: true,
      candidates: before.held.length,
      ignoring: false,
      held: [],
    },
    [...outputs, ...held],
  );
}

/** Processes the queue up to the next operation, then makes a needed offer. */
function proceed(before: Negotiation, outputs: readonly NegotiationOutput[]): Step {
  if (before.operation !== null) return [before, outputs];
  const [next, ...queue] = before.queue;
  if (next !== undefined) {
    const [after, more] = take({ ...before, queue }, next);
    return proceed(after, [...outputs, ...more]);
  }
  if (before.needed && before.signaling === 'stable') {
    return [
      { ...before, needed: false, operation: { kind: 'offer' } },
      [...outputs, { type: 'offer' }],
    ];
  }
  return [before, outputs];
}

function take(before: Negotiation, input: RemoteInput): Step {
  switch (input.type) {
    case 'remote-offer':
      return takeOffer(before, input);
    case 'remote-answer':
      return takeAnswer(before, input);
    case 'remote-candidate': {
      const { candidate } = input;
      if (before.ignoring || before.candidates >= MAX_CANDIDATES) return [before, []];
      if (!before.described) return [{ ...before, held: [...before.held, candidate] }, []];
      const candidates = before.candidates + 1;
      return [{ ...before, candidates }, [{ type: 'add-candidate', candidate }]];
    }
  }
}

function takeOffer(
  before: Negotiation,
  { offer, serial, via }: Extract<RemoteInput, { type: 'remote-offer' }>,
): Step {
  const { answered } = before;
  if (serial !== null && answered !== null && answered.serial !== null) {
    if (serial < answered.serial) return [before, []];
    // The remote end repeated it because our answer is missing: keep the answer.
    if (serial === answered.serial) return [before, [{ type: 'send-answer', ...answered }]];
  }
  const glare = before.signaling === 'have-local-offer';
  if (glare && !before.polite) return [{ ...before, ignoring: true }, []];
  return [
    {
      ...before,
      operation: { kind: 'accept-offer', serial, via },
      // Our rolled-back offer is still needed: offer again.
      needed: before.needed || glare,
      ignoring: false,
    },
    [{ type: 'accept-offer', offer }],
  ];
}

function takeAnswer(
  before: Negotiation,
  { answer, serial }: Extract<RemoteInput, { type: 'remote-answer' }>,
): Step {
  if (before.signaling !== 'have-local-offer') return [before, []];
  if (serial !== null && serial !== before.serial) return [before, []];
  return [{ ...before, operation: { kind: 'accept-answer' } }, [{ type: 'accept-answer', answer }]];
}
