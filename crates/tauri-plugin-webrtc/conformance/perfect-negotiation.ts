// Perfect negotiation (webrtc-pc 10.7) with random changes on both sides and delayed signaling.
// Both must end stable, negotiated and connected.
//
// Invariant: all random numbers come from one seed, so that a failure can be repeated.

import { equal, must, ok, sleep, until, type Subject, type Test } from './assertions.ts';
import { video } from './sources.ts';

const SEEDS = [1, 2, 3, 5, 8] as const;
const CHANGES = 15;

interface Letter {
  readonly description?: RTCSessionDescription;
  readonly candidate?: RTCIceCandidate | null;
}

export const perfectNegotiation: Subject = {
  name: 'perfect negotiation',
  tests: Object.fromEntries(
    SEEDS.map((seed) => [`both change at random, seed ${seed}`, meet(seed)]),
  ),
};

function meet(seed: number): Test {
  return async (scope) => {
    const random = generator(seed);
    const [one, other] = scope.pair();
    const problems: unknown[] = [];
    const toOther = lane(random, problems);
    const toOne = lane(random, problems);
    const receiveAtOne = negotiator(one, 'impolite', toOther, problems);
    const receiveAtOther = negotiator(other, 'polite', toOne, problems);
    toOther.deliver = receiveAtOther;
    toOne.deliver = receiveAtOne;

    const track = await video(scope);
    one.addTrack(track, new MediaStream());
    other.addTrack(track.clone(), new MediaStream());
    for (let change = 0; change < CHANGES; change += 1) {
      alter(random() < 0.5 ? one : other, random);
      await sleep(random() * 20);
    }
    await until('both have come to rest', async () => {
      if (![one, other].every((each) => each.signalingState === 'stable')) return false;
      if (toOne.waiting() + toOther.waiting() > 0) return false;
      await sleep(100);
      return (
        [one, other].every((each) => each.signalingState === 'stable') &&
        toOne.waiting() + toOther.waiting() === 0
      );
    });
    equal(problems.map(String), [], 'problems');
    await agree(one, other);
  };
}

async function agree(one: RTCPeerConnection, other: RTCPeerConnection): Promise<void> {
  const mirrored = { sendrecv: 'sendrecv', sendonly: 'recvonly', recvonly: 'sendonly' } as const;
  const [here, there] = [byMid(one), byMid(other)];
  equal(here.size, there.size, 'transceivers');
  for (const [mid, transceiver] of here) {
    const mine = transceiver.currentDirection ?? 'none';
    const theirs = must(there.get(mid), 'its counterpart').currentDirection;
    equal(Reflect.get(mirrored, mine) ?? mine, theirs, `the direction of ${mid}`);
  }
  await until('both are connected', () =>
    [one, other].every(({ connectionState }) => connectionState === 'connected'),
  );
  for (const [from, to] of [
    [here, there],
    [there, here],
  ] as const) {
    const sending = [...from.values()].find(
      ({ currentDirection, sender }) =>
        sender.track?.kind === 'video' && currentDirection?.startsWith('send') === true,
    );
    // A change may have stopped the transceiver.
    if (sending === undefined) continue;
    const { receiver } = must(to.get(sending.mid), 'its counterpart');
    // Chromium leaves a track muted whose first frame came with an offer that was rolled back.
    const before = await decoded(receiver);
    await until('frames rise', async () => (await decoded(receiver)) > before + 2);
  }
}

function byMid(connection: RTCPeerConnection): ReadonlyMap<string | null, RTCRtpTransceiver> {
  const all = connection.getTransceivers();
  return new Map(all.map((transceiver) => [transceiver.mid, transceiver]));
}

async function decoded(receiver: RTCRtpReceiver): Promise<number> {
  let frames = 0;
  for (const entry of (await receiver.getStats()).values()) {
    if (entry.type === 'inbound-rtp') frames = entry.framesDecoded ?? 0;
  }
  return frames;
}

/** One random change. Not the first channel and not a stop: after a rolled back offer with
 *  either, Chromium fails to start SCTP or fires `negotiationneeded` without end. */
function alter(connection: RTCPeerConnection, random: () => number): void {
  const idle = connection.getTransceivers().filter(({ sender }) => sender.track === null);
  const any = idle[Math.floor(random() * idle.length)];
  const choice = Math.floor(random() * 4);
  if (choice === 0) connection.addTransceiver(random() < 0.5 ? 'audio' : 'video');
  else if (choice === 1) connection.restartIce();
  else if (any !== undefined) any.direction = random() < 0.5 ? 'inactive' : 'sendrecv';
}

/** The example of the standard. */
function negotiator(
  connection: RTCPeerConnection,
  manners: 'polite' | 'impolite',
  post: Lane,
  problems: unknown[],
): (letter: Letter) => Promise<void> {
  let isMakingOffer = false;
  let ignoresOffer = false;
  let isSettingAnswer = false;
  const offer = async (): Promise<void> => {
    try {
      isMakingOffer = true;
      await connection.setLocalDescription();
      post.send({ description: must(connection.localDescription, 'an offer') });
    } catch (error) {
      problems.push(error);
    } finally {
      isMakingOffer = false;
    }
  };
  connection.addEventListener('negotiationneeded', () => void offer());
  connection.addEventListener('icecandidate', ({ candidate }) => {
    post.send({ candidate });
  });
  return async ({ description, candidate }) => {
    if (description === undefined) {
      try {
        await connection.addIceCandidate(candidate ?? undefined);
      } catch (error) {
        if (!ignoresOffer) problems.push(error);
      }
      return;
    }
    const isReady = !isMakingOffer && (connection.signalingState === 'stable' || isSettingAnswer);
    ignoresOffer = manners === 'impolite' && description.type === 'offer' && !isReady;
    if (ignoresOffer) return;
    isSettingAnswer = description.type === 'answer';
    await connection.setRemoteDescription(description);
    isSettingAnswer = false;
    if (description.type !== 'offer') return;
    await connection.setLocalDescription();
    post.send({ description: must(connection.localDescription, 'an answer') });
  };
}

interface Lane {
  deliver: (letter: Letter) => Promise<void>;
  readonly send: (letter: Letter) => void;
  readonly waiting: () => number;
}

/** One-way signaling: delayed, in order, one message at a time. */
function lane(random: () => number, problems: unknown[]): Lane {
  let last = Promise.resolve();
  let count = 0;
  const made: Lane = {
    deliver: () => Promise.resolve(),
    waiting: () => count,
    send: (letter) => {
      count += 1;
      const delay = random() * 30;
      const before = last;
      const bring = async (): Promise<void> => {
        await before;
        await sleep(delay);
        await made.deliver(letter).catch((error: unknown) => problems.push(error));
        count -= 1;
      };
      last = bring();
    },
  };
  return made;
}

/** Pseudo-random numbers from 0 to 1. */
function generator(seed: number): () => number {
  let state = seed;
  ok(seed > 0, 'a seed');
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
