// Every offered direction with every answered direction, and the result on both sides (RFC 8829
// 5.3.1, webrtc-pc 4.4.1.5).

import { equal, must, ok, type Subject, type Test } from './assertions.ts';
import { described, lines, negotiate, sections } from './pair.ts';

type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

const ALL: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

export const directions: Subject = {
  name: 'directions',
  tests: {
    ...Object.fromEntries(
      ALL.flatMap((offered) =>
        ALL.map((wanted) => [`${offered} offered, ${wanted} wanted`, meeting(offered, wanted)]),
      ),
    ),
    'both sides may change directions again and again': async (scope) => {
      const [one, other] = scope.pair();
      const mine = one.addTransceiver('audio');
      await negotiate(one, other);
      const theirs = must(other.getTransceivers()[0], 'a transceiver');
      for (const wish of [...ALL, ...ALL.toReversed()]) {
        mine.direction = wish;
        theirs.direction = 'sendrecv';
        await negotiate(one, other);
        equal(mine.currentDirection, wish, 'after an own offer');
        theirs.direction = wish;
        mine.direction = 'sendrecv';
        await negotiate(other, one);
        equal(theirs.currentDirection, wish, "after the other's offer");
      }
      equal(lines(described(one), 'm=').length, 1, 'm-lines');
    },
  },
};

function meeting(offered: Direction, wanted: Direction): Test {
  return async (scope) => {
    const [one, other] = scope.pair();
    const mine = one.addTransceiver('video', { direction: offered });
    await one.setLocalDescription();
    const [section = ''] = sections(described(one));
    ok(section.includes(`\r\na=${offered}\r\n`), 'the offered line');
    await other.setRemoteDescription(described(one));
    const theirs = must(other.getTransceivers()[0], 'a transceiver');
    theirs.direction = wanted;
    await other.setLocalDescription();
    const sends = offered.includes('send') && wanted.includes('recv');
    const receives = offered.includes('recv') && wanted.includes('send');
    equal(theirs.currentDirection, direction(receives, sends), "the answerer's");
    equal(theirs.direction, wanted, "the answerer's wish");
    await one.setRemoteDescription(described(other));
    equal(mine.currentDirection, direction(sends, receives), "the offerer's");
    equal(mine.direction, offered, "the offerer's wish");
  };
}

function direction(sends: boolean, receives: boolean): Direction {
  if (sends) return receives ? 'sendrecv' : 'sendonly';
  return receives ? 'recvonly' : 'inactive';
}
