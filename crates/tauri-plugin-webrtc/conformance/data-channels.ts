// Data channels: options, messages of every kind and size, closing (webrtc-pc 6).

import { equal, must, next, ok, record, sleep, throws, until, type Subject } from './assertions.ts';
import { channels, connect, described, negotiate, trickle } from './pair.ts';

const isClosed = ({ readyState }: RTCDataChannel): boolean => readyState === 'closed';
const LARGE_MESSAGE_BYTES = 256 * 1024;

export const dataChannels: Subject = {
  name: 'data channels',
  tests: {
    'a new channel reads as its defaults': (scope) => {
      const channel = scope.connection().createDataChannel('messages');
      ok(channel instanceof RTCDataChannel, 'an RTCDataChannel');
      equal(channel.label, 'messages', 'label');
      equal(channel.ordered, true, 'ordered');
      equal([channel.maxRetransmits, channel.maxPacketLifeTime], [null, null], 'limits');
      equal(channel.protocol, '', 'protocol');
      equal(channel.negotiated, false, 'negotiated');
      equal(channel.id, null, 'id');
      equal(channel.readyState, 'connecting', 'readyState');
      equal(channel.bufferedAmount, 0, 'bufferedAmount');
      equal(channel.bufferedAmountLowThreshold, 0, 'bufferedAmountLowThreshold');
      equal(channel.binaryType, 'arraybuffer', 'binaryType');
    },
    'the peer gets the channel with its options': async (scope) => {
      const [near, far] = await channels(...scope.pair(), {
        ordered: false,
        maxRetransmits: 3,
        protocol: 'chat',
      });
      equal(far.label, near.label, 'label');
      equal(far.ordered, false, 'ordered');
      equal(far.maxRetransmits, 3, 'maxRetransmits');
      equal(far.maxPacketLifeTime, null, 'maxPacketLifeTime');
      equal(far.protocol, 'chat', 'protocol');
      equal(far.negotiated, false, 'negotiated');
      equal(far.id, near.id, 'id');
      equal(typeof near.id, 'number', 'a number');
    },
    'the ids stay when the channels open': async (scope) => {
      const [one, other] = scope.pair();
      const opened = [1, 2, 3].map((number) => one.createDataChannel(String(number)));
      await connect(one, other);
      const before = opened.map(({ id }) => id);
      await until('all are open', () => opened.every(({ readyState }) => readyState === 'open'));
      equal(
        opened.map(({ id }) => id),
        before,
        'ids',
      );
    },
    'maxPacketLifeTime reaches the peer': async (scope) => {
      const [near, far] = await channels(...scope.pair(), { maxPacketLifeTime: 500 });
      equal([near.maxPacketLifeTime, far.maxPacketLifeTime], [500, 500], 'maxPacketLifeTime');
      equal(far.ordered, true, 'ordered');
    },
    'channels open with a peer that writes SDP as before RFC 8841': async (scope) => {
      const [one, other] = scope.pair();
      const near = one.createDataChannel('messages');
      const announced = next<RTCDataChannelEvent>(other, 'datachannel');
      trickle(one, other);
      await one.setLocalDescription();
      const sdp = described(one)
        .sdp.replace('UDP/DTLS/SCTP webrtc-datachannel', 'DTLS/SCTP 5000')
        .replace('a=sctp-port:5000', 'a=sctpmap:5000 webrtc-datachannel 1024');
      ok(sdp.includes('a=sctpmap'), 'it was written so');
      await other.setRemoteDescription({ type: 'offer', sdp });
      await other.setLocalDescription();
      await one.setRemoteDescription(described(other));
      const { channel: far } = await announced;
      await until('both are open', () => near.readyState === 'open' && far.readyState === 'open');
      // Both sides continue with the negotiated state.
      await negotiate(other, one);
      equal([near.readyState, far.readyState], ['open', 'open'], 'readyState');
    },
    'messages arrive in order in both directions': async (scope) => {
      const [near, far] = await channels(...scope.pair());
      const sent = Array.from({ length: 100 }, (_, number) => `letter ${number} — ✉`);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        const came: unknown[] = [];
        to.addEventListener('message', ({ data }) => came.push(data));
        for (const letter of sent) from.send(letter);
        await until('all have come', () => came.length === sent.length);
        equal(came, sent, 'messages');
      }
    },
    'bytes of every kind arrive unchanged': async (scope) => {
      const [near, far] = await channels(...scope.pair());
      const bytes = Uint8Array.from({ length: 300 }, (_, at) => at % 251);
      far.binaryType = 'arraybuffer';
      const came: unknown[] = [];
      far.addEventListener('message', ({ data }) => came.push(data));
      near.send(bytes.buffer);
      near.send(bytes.subarray(10, 20));
      near.send(new DataView(bytes.buffer, 5, 3));
      near.send(new Blob([bytes]));
      await until('all have come', () => came.length === 4);
      const read = came.map((each) => {
        ok(each instanceof ArrayBuffer, 'an ArrayBuffer');
        return [...new Uint8Array(each)];
      });
      equal(
        read,
        [[...bytes], [...bytes.subarray(10, 20)], [...bytes.subarray(5, 8)], [...bytes]],
        'bytes',
      );
    },
    'bytes arrive as a Blob where the page asks for it': async (scope) => {
      const [near, far] = await channels(...scope.pair());
      far.binaryType = 'blob';
      equal(far.binaryType, 'blob', 'binaryType');
      const came = next<MessageEvent<unknown>>(far, 'message');
      near.send(Uint8Array.of(1, 2, 3));
      const { data } = await came;
      ok(data instanceof Blob, 'a Blob');
      equal([...new Uint8Array(await data.arrayBuffer())], [1, 2, 3], 'bytes');
    },
    'empty messages arrive empty': async (scope) => {
      const [near, far] = await channels(...scope.pair());
      const came: unknown[] = [];
      far.addEventListener('message', ({ data }) => came.push(data));
      near.send('');
      near.send(new ArrayBuffer(0));
      await until('both have come', () => came.length === 2);
      equal(came[0], '', 'the text');
      ok(came[1] instanceof ArrayBuffer && came[1].byteLength === 0, 'the bytes');
    },
    'a large message arrives whole': async (scope) => {
      const [one, other] = scope.pair();
      const [near, far] = await channels(one, other);
      ok(must(one.sctp, 'sctp').maxMessageSize >= LARGE_MESSAGE_BYTES, 'maxMessageSize');
      const bytes = new Uint8Array(LARGE_MESSAGE_BYTES).map((_, at) => (at * 31) % 256);
      const came = next<MessageEvent<unknown>>(far, 'message');
      near.send(bytes);
      const { data } = await came;
      ok(data instanceof ArrayBuffer, 'an ArrayBuffer');
      const arrived = new Uint8Array(data);
      equal(arrived.length, LARGE_MESSAGE_BYTES, 'length');
      ok(
        arrived.every((byte, at) => byte === bytes[at]),
        'every byte',
      );
    },
    'bufferedAmount counts, and bufferedamountlow fires': async (scope) => {
      const [near, far] = await channels(...scope.pair());
      let came = 0;
      far.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
        came += data.byteLength;
      });
      near.bufferedAmountLowThreshold = 1000;
      const low = next(near, 'bufferedamountlow');
      for (let count = 0; count < 40; count += 1) near.send(new Uint8Array(16_384));
      ok(near.bufferedAmount > 1000, 'it waits');
      await low;
      await until('all has come', () => came === 40 * 16_384);
      await until('nothing waits', () => near.bufferedAmount === 0);
    },
    'an unordered channel without retransmissions works': async (scope) => {
      const [near, far] = await channels(...scope.pair(), { ordered: false, maxRetransmits: 0 });
      const came = new Set<unknown>();
      far.addEventListener('message', ({ data }) => came.add(data));
      for (let count = 0; count < 20; count += 1) near.send(String(count));
      await until('all have come on this loss-free path', () => came.size === 20);
    },
    'a negotiated channel opens on both sides without an event': async (scope) => {
      const [one, other] = scope.pair();
      const told = record(other, 'datachannel');
      const options = { negotiated: true, id: 7 };
      const near = one.createDataChannel('here', options);
      const far = other.createDataChannel('there', options);
      equal([near.id, near.negotiated], [7, true], 'before');
      await connect(one, other);
      await until('both are open', () => near.readyState === 'open' && far.readyState === 'open');
      const came = next<MessageEvent<unknown>>(near, 'message');
      far.send('hello');
      equal((await came).data, 'hello', 'message');
      equal(told, [], 'datachannel events');
    },
    'many channels do not mix': async (scope) => {
      const [one, other] = scope.pair();
      const came: Record<string, unknown> = {};
      other.addEventListener('datachannel', ({ channel }) => {
        channel.addEventListener('message', ({ data }) => {
          came[channel.label] = data;
        });
      });
      const own = ['a', 'b', 'c', 'd'].map((label) => one.createDataChannel(label));
      await connect(one, other);
      for (const channel of own) {
        await until(`${channel.label} is open`, () => channel.readyState === 'open');
        channel.send(channel.label);
      }
      await until('all have come', () => Object.keys(came).length === 4);
      equal(
        Object.entries(came).filter(([label, data]) => label !== data),
        [],
        'messages of other channels',
      );
      equal(new Set(own.map(({ id }) => id)).size, 4, 'ids');
    },
    'a channel opened later needs no negotiation': async (scope) => {
      const [one, other] = scope.pair();
      await channels(one, other);
      const [near, far] = await channels(other, one);
      const came = next<MessageEvent<unknown>>(far, 'message');
      near.send('later');
      equal((await came).data, 'later', 'message');
    },
    'the events of opening come in order': async (scope) => {
      const [one, other] = scope.pair();
      const near = one.createDataChannel('messages');
      const seen = record(near, 'open', 'message', 'closing', 'close', 'error');
      // Kept referenced, because an engine may collect and close an unreferenced open channel.
      const far: RTCDataChannel[] = [];
      other.addEventListener('datachannel', ({ channel }) => {
        far.push(channel);
        const greet = (): void => {
          channel.send('welcome');
        };
        if (channel.readyState === 'open') greet();
        else channel.addEventListener('open', greet);
      });
      await connect(one, other);
      await until('both have come', () => seen.length === 2);
      equal(seen, ['open', 'message'], 'events');
      equal(far.length, 1, 'channels there');
    },
    'a channel sends in the datachannel event': async (scope) => {
      const [one, other] = scope.pair();
      const near = one.createDataChannel('messages');
      const seen: string[] = [];
      const far: RTCDataChannel[] = [];
      other.addEventListener('datachannel', ({ channel }) => {
        far.push(channel);
        seen.push(`announced ${channel.readyState}`);
        channel.addEventListener('open', () => seen.push(`open ${channel.readyState}`));
        channel.send('hi');
      });
      const greeting = next<MessageEvent<unknown>>(near, 'message');
      await connect(one, other);
      equal((await greeting).data, 'hi', 'message');
      equal(seen, ['announced open', 'open open'], 'events');
      equal(must(far[0], 'a channel').id, near.id, 'id');
    },
    'close reaches both sides from either side': async (scope) => {
      const [one, other] = scope.pair();
      for (const side of ['near', 'far'] as const) {
        const [near, far] = await channels(one, other);
        const ends = [next(near, 'close', 'the near end'), next(far, 'close', 'the far end')];
        const closing = side === 'near' ? near : far;
        closing.close();
        ok(['closing', 'closed'].includes(closing.readyState), 'readyState at once');
        await Promise.all(ends);
        equal([near.readyState, far.readyState], ['closed', 'closed'], 'readyState');
      }
      equal(one.connectionState, 'connected', 'the connection stays');
    },
    'messages sent before the close arrive': async (scope) => {
      const [near, far] = await channels(...scope.pair());
      const came: unknown[] = [];
      far.addEventListener('message', ({ data }) => came.push(data));
      const closed = next(far, 'close');
      for (let count = 0; count < 50; count += 1) near.send(`letter ${count}`);
      near.close();
      await closed;
      equal(came.length, 50, 'messages');
    },
    'sending is refused before it is open and after it is closed': async (scope) => {
      const [one, other] = scope.pair();
      const early = one.createDataChannel('early');
      throws(
        'InvalidStateError',
        () => {
          early.send('too early');
        },
        'before',
      );
      const [near] = await channels(one, other);
      near.close();
      throws(
        'InvalidStateError',
        () => {
          near.send('too late');
        },
        'after',
      );
    },
    "the end of the other's connection is an error of its channels": async (scope) => {
      const [one, other] = scope.pair();
      const [near, far] = await channels(one, other);
      const seen = record(far, 'error', 'close');
      one.close();
      await until("one's own is closed", () => near.readyState === 'closed');
      await until("the other's is closed", () => seen.includes('close'));
      equal(seen, ['error', 'close'], 'events');
      equal(far.readyState, 'closed', "the other's");
    },
    'the end of a channel alone is no error': async (scope) => {
      const [one, other] = scope.pair();
      const [near, far] = await channels(one, other);
      const [here, there] = [near, far].map((each) => record(each, 'error', 'close'));
      near.close();
      await until('both are closed', () => [near, far].every(isClosed));
      await sleep(100);
      equal([here, there], [['close'], ['close']], 'events');
    },
    'an unknown binary type is ignored': (scope) => {
      const channel = scope.connection().createDataChannel('messages');
      Reflect.set(channel, 'binaryType', 'bogus');
      equal(channel.binaryType, 'arraybuffer', 'binaryType');
    },
    'the SCTP transport is there from the offer, at both ends': async (scope) => {
      const [one, other] = scope.pair();
      one.createDataChannel('messages');
      await one.setLocalDescription();
      equal(must(one.sctp, 'sctp').state, 'connecting', 'state');
      await other.setRemoteDescription(described(one));
      equal(must(other.sctp, "the other's sctp").state, 'connecting', "the other's state");
      await other.setLocalDescription();
      await one.setRemoteDescription(described(other));
      equal(must(other.sctp, 'sctp after the answer').state, 'connecting', 'state then');
    },
    'a closed connection makes no channel': (scope) => {
      const connection = scope.connection();
      connection.close();
      throws('InvalidStateError', () => connection.createDataChannel('messages'), 'closed');
    },
  },
};
