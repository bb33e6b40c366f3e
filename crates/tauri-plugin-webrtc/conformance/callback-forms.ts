// The callback forms of the methods that return promises (webrtc-pc, 4.4.3, Legacy Interface
// Extensions).

import { equal, must, ok, rejects, within, type Subject } from './assertions.ts';
import { connected, described } from './pair.ts';

type Method =
  | 'createOffer'
  | 'createAnswer'
  | 'setLocalDescription'
  | 'setRemoteDescription'
  | 'addIceCandidate';

/** What a callback got. */
interface Outcome {
  readonly callback: 'success' | 'failure';
  readonly given: readonly unknown[];
}

const nothing = (): void => undefined;

const fail = (): never => {
  throw new RangeError('of the callback');
};

export const callbackForms: Subject = {
  name: 'callback forms',
  tests: {
    'two connections meet by callbacks alone': async (scope) => {
      const [one, other] = scope.pair();
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const) {
        from.addEventListener('icecandidate', ({ candidate }) => {
          if (candidate !== null && to.remoteDescription !== null) {
            call(to, 'addIceCandidate', candidate, nothing, nothing).catch(nothing);
          }
        });
      }
      one.createDataChannel('a');
      const offer = description(await succeeded(one, 'createOffer'), 'offer');
      for (const given of [
        await succeeded(other, 'setRemoteDescription', offer),
        await succeeded(one, 'setLocalDescription', offer),
      ]) {
        // The standard says undefined; the type of its callback has no argument.
        ok(
          given.every((value) => value === undefined),
          'no argument',
        );
      }
      const answer = description(await succeeded(other, 'createAnswer'), 'answer');
      await succeeded(other, 'setLocalDescription', answer);
      await succeeded(one, 'setRemoteDescription', answer);
      equal([one.signalingState, other.signalingState], ['stable', 'stable'], 'signalingState');
      await connected(one, other);
    },
    'options of an offer come after the callbacks': async (scope) => {
      const connection = scope.connection();
      const outcome = await outcomeOf((success, failure) =>
        call(connection, 'createOffer', success, failure, { offerToReceiveAudio: true }),
      );
      ok(description(outcome, 'offer').sdp.includes('m=audio'), 'm=audio');
    },
    'only callback forms resolve with undefined': async (scope) => {
      const connection = scope.connection();
      const offer = await call(connection, 'createOffer', nothing);
      equal(Reflect.get(Object(offer), 'type'), 'offer', 'a function is a dictionary too');
      equal(typeof (await call(connection, 'createOffer', nothing, nothing)), 'undefined', 'offer');
      const answered = await call(connection, 'createAnswer', nothing, nothing);
      equal(typeof answered, 'undefined', 'also where the other callback is called');
    },
    'an error goes to the failure callback': async (scope) => {
      const connection = scope.connection();
      await failed(connection, 'createAnswer', 'InvalidStateError');
      const unreadable = { type: 'offer', sdp: 'nonsense' };
      await failed(connection, 'setRemoteDescription', 'OperationError', unreadable);
      const early = { candidate: 'candidate:1 1 udp 1 192.0.2.7 9 typ host', sdpMid: '0' };
      await failed(connection, 'addIceCandidate', 'InvalidStateError', early);
      const wrong = { type: 'answer', sdp: 'v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n' };
      await failed(connection, 'setRemoteDescription', 'InvalidStateError', wrong);
      equal(connection.signalingState, 'stable', 'signalingState');
    },
    'an argument that cannot be converted rejects the promise': async (scope) => {
      const connection = scope.connection();
      let called = 0;
      const count = (): void => {
        called += 1;
      };
      const wrong = { type: 'bogus', sdp: '' };
      await rejects(
        'TypeError',
        call(connection, 'setRemoteDescription', wrong, count, count),
        'r',
      );
      await rejects('TypeError', call(connection, 'setLocalDescription', wrong, count, count), 'l');
      await rejects('TypeError', call(connection, 'createOffer', count, count, 7), 'options');
      equal(called, 0, 'callbacks called');
    },
    'a callback that is no function is a TypeError': async (scope) => {
      const connection = scope.connection();
      for (const wrong of [null, undefined, {}, 'later']) {
        await rejects('TypeError', call(connection, 'createOffer', nothing, wrong), 'the second');
        await rejects('TypeError', call(connection, 'createOffer', wrong, nothing), 'the first');
        await rejects(
          'TypeError',
          call(connection, 'createAnswer', wrong, nothing),
          'of an answer',
        );
        for (const method of ['setLocalDescription', 'setRemoteDescription'] as const) {
          const given = { type: 'offer', sdp: '' };
          await rejects('TypeError', call(connection, method, given, wrong, nothing), method);
          await rejects('TypeError', call(connection, method, given, wrong), `${method} of two`);
        }
        await rejects('TypeError', call(connection, 'addIceCandidate', {}, wrong, nothing), 'ice');
      }
    },
    'an exception of a callback is reported': async (scope) => {
      const connection = scope.connection();
      const reported = new Promise<ErrorEvent>((resolve) => {
        const hear = (event: ErrorEvent): void => {
          event.preventDefault();
          resolve(event);
        };
        addEventListener('error', hear, { once: true });
      });
      await call(connection, 'createOffer', fail, nothing);
      const { error } = await within(reported, 'the error event');
      ok(error instanceof RangeError, 'the exception itself');
      const next = await connection.createOffer();
      equal(next.type, 'offer', 'the connection goes on');
    },
    'callbacks come in the order of the calls': async (scope) => {
      const connection = scope.connection();
      connection.createDataChannel('a');
      const order: string[] = [];
      const note = (what: string) => (): void => {
        order.push(what);
      };
      await call(connection, 'createOffer', note('first'), nothing);
      const second = connection.setLocalDescription().then(note('second'));
      await within(second, 'the description');
      const last = await outcomeOf((success, failure) =>
        call(connection, 'createOffer', success, failure),
      );
      equal(last.callback, 'success', 'the last');
      equal(order, ['first', 'second'], 'order');
      equal(described(connection).type, 'offer', 'localDescription');
    },
  },
};

async function call(
  connection: RTCPeerConnection,
  method: Method,
  ...given: unknown[]
): Promise<unknown> {
  const found: unknown = connection[method];
  ok(typeof found === 'function', method);
  const promise: unknown = Reflect.apply(found, connection, given);
  ok(promise instanceof Promise, `${method} returns a promise`);
  return await promise;
}

/** The first callback that is called. */
async function outcomeOf(
  begin: (success: unknown, failure: unknown) => Promise<unknown>,
): Promise<Outcome> {
  return await within(
    new Promise<Outcome>((resolve, reject) => {
      begin(
        (...given: unknown[]) => resolve({ callback: 'success', given }),
        (...given: unknown[]) => resolve({ callback: 'failure', given }),
      ).catch(reject);
    }),
    'a callback',
  );
}

async function of(
  connection: RTCPeerConnection,
  method: Method,
  given: readonly unknown[],
): Promise<Outcome> {
  return await outcomeOf((success, failure) =>
    call(connection, method, ...given, success, failure),
  );
}

async function succeeded(
  connection: RTCPeerConnection,
  method: Method,
  ...given: readonly unknown[]
): Promise<unknown[]> {
  const outcome = await of(connection, method, given);
  equal(outcome.callback, 'success', method);
  return [...outcome.given];
}

async function failed(
  connection: RTCPeerConnection,
  method: Method,
  name: string,
  ...given: readonly unknown[]
): Promise<void> {
  const outcome = await of(connection, method, given);
  equal(outcome.callback, 'failure', method);
  equal(outcome.given.length, 1, 'arguments');
  const [error] = outcome.given;
  ok(error instanceof DOMException, 'an exception');
  equal(error.name, name, method);
}

function description(
  outcome: Outcome | readonly unknown[],
  type: RTCSdpType,
): { type: RTCSdpType; sdp: string } {
  const [given] = 'given' in outcome ? outcome.given : outcome;
  const { type: is, sdp }: { type?: unknown; sdp?: unknown } = Object(must(given, 'description'));
  equal(is, type, 'type');
  ok(typeof sdp === 'string', 'sdp');
  return { type, sdp };
}
