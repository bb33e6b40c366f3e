// Perfect negotiation as tables: a sequence of inputs and the outputs of each.

import { describe, expect, it } from 'vitest';
import type { Description } from '../wire/description';
import {
  isSettled,
  negotiate,
  newNegotiation,
  type Negotiation,
  type NegotiationInput,
} from './negotiation';

const needed: NegotiationInput = { type: 'needed' };
const done: NegotiationInput = { type: 'done', local: null };

function offer(sdp: string): Description {
  return { type: 'offer', sdp, mids: {} };
}
function answer(sdp: string): Description {
  return { type: 'answer', sdp, mids: {} };
}
function made(local: Description): NegotiationInput {
  return { type: 'done', local };
}
function remoteOffer(sdp: string, serial: number | null = 1): NegotiationInput {
  return { type: 'remote-offer', offer: offer(sdp), serial, via: 'renegotiation' };
}
function remoteAnswer(sdp: string, serial: number | null = 1): NegotiationInput {
  return { type: 'remote-answer', answer: answer(sdp), serial };
}
function candidate(name: string): NegotiationInput {
  return { type: 'remote-candidate', candidate: { candidate: name } };
}

/** Each output as a word and what it carries. */
function run(polite: boolean, inputs: readonly NegotiationInput[]): [string[][], Negotiation] {
  let negotiation = newNegotiation(polite);
  const all = inputs.map((input) => {
    const [next, outputs] = negotiate(negotiation, input);
    negotiation = next;
    return outputs.map((output) => {
      switch (output.type) {
        case 'offer':
        case 'broken':
          return output.type;
        case 'accept-offer':
          return `accept ${output.offer.sdp}`;
        case 'accept-answer':
          return `accept ${output.answer.sdp}`;
        case 'add-candidate':
          return `add ${output.candidate?.candidate ?? 'end'}`;
        case 'send-offer':
          return `send ${output.offer.sdp} #${output.serial}`;
        case 'send-answer':
          return `send ${output.answer.sdp} #${output.serial ?? '-'}`;
      }
    });
  });
  return [all, negotiation];
}

function check(
  polite: boolean,
  table: readonly (readonly [NegotiationInput, ...string[]])[],
): void {
  const [outputs, negotiation] = run(
    polite,
    table.map(([input]) => input),
  );
  expect(outputs).toEqual(table.map(([, ...expected]) => expected));
  expect(isSettled(negotiation)).toBe(true);
}

describe.each([true, false])('polite %s', (polite) => {
  it('offers, and takes the answer', () => {
    check(polite, [
      [needed, 'offer'],
      [made(offer('o1')), 'send o1 #1'],
      [remoteAnswer('a1'), 'accept a1'],
      [done],
    ]);
  });

  it('does not offer again for what the first offer covers', () => {
    check(polite, [
      [needed, 'offer'],
      [needed],
      [made(offer('o1')), 'send o1 #1'],
      [remoteAnswer('a1'), 'accept a1'],
      [done],
    ]);
  });

  it('answers, without an offer for the initial negotiationneeded', () => {
    check(polite, [[remoteOffer('o1'), 'accept o1'], [needed], [made(answer('a1')), 'send a1 #1']]);
  });

  it('makes one offer for many needs, one more for later ones', () => {
    check(polite, [
      [remoteOffer('o1'), 'accept o1'],
      [made(answer('a1')), 'send a1 #1'],
      [needed, 'offer'],
      [needed],
      [needed],
      [made(offer('o2')), 'send o2 #1'],
      [needed],
      [remoteAnswer('a2'), 'accept a2'],
      [done, 'offer'],
      [made(offer('o3')), 'send o3 #2'],
      [remoteAnswer('a3', 2), 'accept a3'],
      [done],
    ]);
  });

  it('holds candidates in order until the remote description', () => {
    check(polite, [
      [needed, 'offer'],
      [candidate('early')],
      [made(offer('o1')), 'send o1 #1'],
      [candidate('waiting')],
      [remoteAnswer('a1'), 'accept a1'],
      [candidate('late')],
      [done, 'add early', 'add waiting', 'add late'],
      [candidate('last'), 'add last'],
      [{ type: 'remote-candidate', candidate: null }, 'add end'],
    ]);
  });

  it('takes no answer that fits no offer', () => {
    check(polite, [
      [remoteAnswer('a0')],
      [needed, 'offer'],
      [made(offer('o1')), 'send o1 #1'],
      [remoteAnswer('a7', 7)],
      [remoteAnswer('a1', null), 'accept a1'],
      [done],
      [remoteAnswer('a1')],
    ]);
  });

  it('repeats the answer to a repeated offer, ignores an older one', () => {
    check(polite, [
      [remoteOffer('o1', 1), 'accept o1'],
      [made(answer('a1')), 'send a1 #1'],
      [remoteOffer('o2', 2), 'accept o2'],
      [remoteOffer('o2', 2)],
      [made(answer('a2')), 'send a2 #2', 'send a2 #2'],
      [remoteOffer('o1', 1)],
    ]);
  });

  it('repeats an offer only while it is unanswered', () => {
    check(polite, [
      [{ type: 'repeat' }],
      [needed, 'offer'],
      [{ type: 'repeat' }],
      [made(offer('o1')), 'send o1 #1'],
      [{ type: 'repeat' }, 'send o1 #1'],
      [remoteAnswer('a1'), 'accept a1'],
      [done],
      [{ type: 'repeat' }],
    ]);
  });

  it('is broken by an operation that fails or makes nothing', () => {
    expect(run(polite, [needed, { type: 'failed' }])[0]).toEqual([['offer'], ['broken']]);
    expect(run(polite, [needed, done])[0]).toEqual([['offer'], ['broken']]);
    expect(run(polite, [{ type: 'failed' }])[0]).toEqual([[]]);
  });

  it('takes only so much at once from a peer who floods it', () => {
    const flood = Array.from({ length: 2_000 }, (_, index) => candidate(`c${index}`));
    const [, negotiation] = run(polite, flood);
    expect(negotiation.held.length + negotiation.queue.length).toBeLessThanOrEqual(512);
  });
});

describe('glare', () => {
  it('the polite end rolls back, answers, and offers again', () => {
    check(true, [
      [needed, 'offer'],
      [made(offer('mine')), 'send mine #1'],
      [remoteOffer('theirs'), 'accept theirs'],
      [candidate('theirs')],
      [made(answer('a')), 'send a #1', 'add theirs', 'offer'],
      [made(offer('again')), 'send again #2'],
      [remoteAnswer('b', 2), 'accept b'],
      [done],
    ]);
  });

  it('the impolite end ignores only the offer and its candidates', () => {
    check(false, [
      [needed, 'offer'],
      [made(offer('mine')), 'send mine #1'],
      [remoteOffer('theirs')],
      [candidate('of theirs')],
      [remoteAnswer('a'), 'accept a'],
      [candidate('of the answer')],
      [done, 'add of the answer'],
      [remoteOffer('again', 2), 'accept again'],
      [made(answer('b')), 'send b #2'],
    ]);
  });

  it('an offer during our own is judged after ours is made', () => {
    check(false, [
      [needed, 'offer'],
      [remoteOffer('theirs')],
      [made(offer('mine')), 'send mine #1'],
      [remoteAnswer('a'), 'accept a'],
      [done],
    ]);
    check(true, [
      [needed, 'offer'],
      [remoteOffer('theirs')],
      [made(offer('mine')), 'send mine #1', 'accept theirs'],
      [made(answer('a')), 'send a #1', 'offer'],
      [made(offer('again')), 'send again #2'],
      [remoteAnswer('b', 2), 'accept b'],
      [done],
    ]);
  });
});
