// Parameters of senders and their effects (webrtc-pc 5.2).

import { equal, must, ok, rejects, sleep, throws, until, type Subject } from './assertions.ts';
import { chosen, choose, codecsOf, withCodec } from './codecs.ts';
import { connect, negotiate, sections } from './pair.ts';
import { frames, shown, tone, video } from './sources.ts';

export const parameters: Subject = {
  name: 'parameters',
  tests: {
    'a sender has one encoding, which is active': async (scope) => {
      const { sender } = scope.connection().addTransceiver(await video(scope));
      const found = sender.getParameters();
      equal(found.encodings.length, 1, 'encodings');
      equal(found.encodings[0]?.active, true, 'active');
      equal(typeof found.transactionId, 'string', 'transactionId');
      ok(found.transactionId !== '', 'a transaction');
    },
    'a negotiation fills in codecs and extensions': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await video(scope));
      await negotiate(one, other);
      const found = sender.getParameters();
      const vp8 = found.codecs.find(({ mimeType }) => mimeType === 'video/VP8');
      equal(vp8?.clockRate, 90_000, 'the clock of VP8');
      equal(typeof vp8?.payloadType, 'number', 'its payload type');
      ok(found.headerExtensions.length > 0, 'extensions');
      ok((found.rtcp.cname ?? '') !== '', 'cname');
      const received = must(other.getReceivers()[0], 'a receiver').getParameters();
      ok(received.codecs.length > 0, "the receiver's codecs");
    },
    'sendEncodings sets the encodings': async (scope) => {
      const track = await video(scope);
      const { sender } = scope.connection().addTransceiver(track, {
        sendEncodings: [{ maxBitrate: 200_000, scaleResolutionDownBy: 2, active: false }],
      });
      const [encoding] = sender.getParameters().encodings;
      equal(encoding?.maxBitrate, 200_000, 'maxBitrate');
      equal(encoding?.scaleResolutionDownBy, 2, 'scaleResolutionDownBy');
      equal(encoding?.active, false, 'active');
    },
    'several encodings have parameters of their own': async (scope) => {
      const { sender } = scope.connection().addTransceiver(await video(scope), {
        sendEncodings: [
          { rid: 'a', maxBitrate: 100_000 },
          { rid: 'b', active: false },
          { rid: 'c' },
        ],
      });
      const wish = sender.getParameters();
      equal(
        wish.encodings.map(({ rid, active, scaleResolutionDownBy }) => ({
          rid,
          active,
          scaleResolutionDownBy,
        })),
        [
          { rid: 'a', active: true, scaleResolutionDownBy: 4 },
          { rid: 'b', active: false, scaleResolutionDownBy: 2 },
          { rid: 'c', active: true, scaleResolutionDownBy: 1 },
        ],
        'encodings',
      );
      equal(wish.encodings[0]?.maxBitrate, 100_000, 'maxBitrate of the first');
      must(wish.encodings[2], 'the third').maxBitrate = 900_000;
      await sender.setParameters(wish);
      equal(sender.getParameters().encodings[2]?.maxBitrate, 900_000, 'maxBitrate of the third');
      const renamed = sender.getParameters();
      must(renamed.encodings[1], 'the second').rid = 'd';
      await rejects('InvalidModificationError', sender.setParameters(renamed), 'another rid');
    },
    'rids are short words of letters and digits': (scope) => {
      const connection = scope.connection();
      for (const rids of [['a b'], ['a'.repeat(256)]]) {
        const sendEncodings = rids.map((rid) => ({ rid }));
        throws(
          'TypeError',
          () => connection.addTransceiver('video', { sendEncodings }),
          JSON.stringify(rids),
        );
      }
      equal(connection.getTransceivers(), [], 'transceivers');
    },
    'bad encodings make no transceiver': (scope) => {
      const connection = scope.connection();
      throws(
        'RangeError',
        () =>
          connection.addTransceiver('video', { sendEncodings: [{ scaleResolutionDownBy: 0.5 }] }),
        'a scale below one',
      );
      throws(
        'RangeError',
        () => connection.addTransceiver('video', { sendEncodings: [{ maxFramerate: -1 }] }),
        'a rate below zero',
      );
      equal(connection.getTransceivers(), [], 'transceivers');
    },
    'parameters that were set are read again': async (scope) => {
      const { sender } = scope.connection().addTransceiver(await video(scope));
      const wish = sender.getParameters();
      const encoding = must(wish.encodings[0], 'an encoding');
      encoding.maxBitrate = 300_000;
      encoding.maxFramerate = 10;
      encoding.scaleResolutionDownBy = 4;
      await sender.setParameters(wish);
      const [found] = sender.getParameters().encodings;
      equal(found?.maxBitrate, 300_000, 'maxBitrate');
      equal(found?.maxFramerate, 10, 'maxFramerate');
      equal(found?.scaleResolutionDownBy, 4, 'scaleResolutionDownBy');
    },
    'parameters of an earlier task are refused': async (scope) => {
      const { sender } = scope.connection().addTransceiver(await video(scope));
      const read = sender.getParameters();
      await sender.setParameters(read);
      await rejects('InvalidStateError', sender.setParameters(read), 'a second time');
    },
    'parameters without getParameters are refused': async (scope) => {
      const [one, other] = scope.pair();
      const { sender } = one.addTransceiver(await video(scope));
      const read = other.addTransceiver('video').sender.getParameters();
      await rejects('InvalidStateError', sender.setParameters(read), "another sender's");
    },
    'read-only members cannot be changed': async (scope) => {
      const { sender } = scope.connection().addTransceiver(await video(scope));
      const other = sender.getParameters();
      other.transactionId = 'mine';
      await rejects('InvalidModificationError', sender.setParameters(other), 'another transaction');
      const more = sender.getParameters();
      more.encodings.push({ active: true });
      await rejects('InvalidModificationError', sender.setParameters(more), 'another encoding');
      const none = sender.getParameters();
      none.encodings = [];
      await rejects('InvalidModificationError', sender.setParameters(none), 'no encoding');
    },
    'values out of range are refused': async (scope) => {
      const { sender } = scope.connection().addTransceiver(await video(scope));
      const small = sender.getParameters();
      must(small.encodings[0], 'an encoding').scaleResolutionDownBy = 0.5;
      await rejects('RangeError', sender.setParameters(small), 'a scale below one');
      const slow = sender.getParameters();
      must(slow.encodings[0], 'an encoding').maxFramerate = -1;
      await rejects('RangeError', sender.setParameters(slow), 'a rate below zero');
      equal(sender.getParameters().encodings[0]?.active, true, 'nothing was taken');
    },
    'a stopped transceiver takes no parameters': async (scope) => {
      const transceiver = scope.connection().addTransceiver(await video(scope));
      const read = transceiver.sender.getParameters();
      transceiver.stop();
      await rejects('InvalidStateError', transceiver.sender.setParameters(read), 'stopped');
    },
    'an inactive encoding sends no video until it is active': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await video(scope));
      await connect(one, other);
      const element = await shown(scope, must(other.getReceivers()[0], 'a receiver').track);
      await activate(sender, false);
      await until('frames stop', async () => {
        const before = frames(element);
        await sleep(400);
        return frames(element) === before;
      });
      await activate(sender, true);
      const stood = frames(element);
      await until('frames go on', () => frames(element) > stood + 3);
    },
    'scaled video arrives smaller': async (scope) => {
      const [one, other] = scope.pair();
      const track = await video(scope);
      const sender = one.addTrack(track);
      await connect(one, other);
      const element = await shown(scope, must(other.getReceivers()[0], 'a receiver').track);
      const wish = sender.getParameters();
      must(wish.encodings[0], 'an encoding').scaleResolutionDownBy = 2;
      await sender.setParameters(wish);
      const half = Math.floor(must(track.getSettings().width, 'a width') / 2);
      await until('the width is half', () => element.videoWidth > 0 && element.videoWidth <= half);
    },
    'a limited rate sends fewer frames': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await video(scope));
      await connect(one, other);
      const element = await shown(scope, must(other.getReceivers()[0], 'a receiver').track);
      const wish = sender.getParameters();
      must(wish.encodings[0], 'an encoding').maxFramerate = 3;
      await sender.setParameters(wish);
      await until('at most four frames come in a second', async () => {
        const before = frames(element);
        await sleep(1000);
        const came = frames(element) - before;
        return came > 0 && came <= 4;
      });
    },
    'a limited bitrate is kept': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await video(scope));
      const wish = sender.getParameters();
      must(wish.encodings[0], 'an encoding').maxBitrate = 60_000;
      await sender.setParameters(wish);
      await connect(one, other);
      await shown(scope, must(other.getReceivers()[0], 'a receiver').track);
      await until('at most 100 kbit come in a second', async () => {
        const before = await bytesReceived(other);
        await sleep(1500);
        const bits = ((await bytesReceived(other)) - before) * 8;
        return bits > 0 && bits / 1.5 < 100_000;
      });
    },
    'an encoding has the codec that the page chooses': async (scope) => {
      const connection = scope.connection();
      for (const [kind, mimeType] of CODECS) {
        const [codec] = codecsOf(kind, mimeType);
        const sendEncodings = [withCodec({}, codec)];
        const { sender } = connection.addTransceiver(kind, { sendEncodings });
        equal(chosen(sender), codec, `${mimeType} of addTransceiver`);
        const other = connection.addTransceiver(kind).sender;
        equal(chosen(other), undefined, 'none at first');
        await choose(other, codec);
        equal(chosen(other), codec, `${mimeType} of setParameters`);
        await choose(other, undefined);
        equal(chosen(other), undefined, 'none in the end');
      }
    },
    'a codec beyond the capabilities makes no transceiver': (scope) => {
      const connection = scope.connection();
      const [vp8] = codecsOf('video', 'video/VP8');
      for (const codec of [
        { ...vp8, mimeType: 'video/nobody' },
        { ...vp8, clockRate: 8000 },
        { mimeType: 'video/rtx', clockRate: 90_000 },
        codecsOf('audio', 'audio/opus')[0],
      ]) {
        const sendEncodings = [withCodec({}, codec)];
        const what = JSON.stringify(codec);
        throws('OperationError', () => connection.addTransceiver('video', { sendEncodings }), what);
      }
      for (const codec of [null, {}, { mimeType: 'video/VP8' }, { clockRate: 90_000 }]) {
        const sendEncodings = [withCodec({}, codec)];
        const what = JSON.stringify(codec);
        throws('TypeError', () => connection.addTransceiver('video', { sendEncodings }), what);
      }
      equal(connection.getTransceivers(), [], 'transceivers');
    },
    'a codec that was not negotiated cannot be chosen': async (scope) => {
      const [one, other] = scope.pair();
      const vp8 = codecsOf('video', 'video/VP8');
      const [h264] = codecsOf('video', 'video/H264');
      const sendEncodings = [withCodec({}, h264)];
      const transceiver = one.addTransceiver(await video(scope), { sendEncodings });
      transceiver.setCodecPreferences(vp8);
      await negotiate(one, other);
      const { sender } = transceiver;
      equal(chosen(sender), undefined, 'the codec of addTransceiver');
      await rejects('InvalidModificationError', choose(sender, h264), 'H.264');
      const unknown = { mimeType: 'video/nobody', clockRate: 90_000 };
      await rejects('InvalidModificationError', choose(sender, unknown), 'an unknown codec');
      await choose(sender, vp8[0]);
      equal(chosen(sender), vp8[0], 'VP8');
    },
    'the codec of an encoding changes no offer': async (scope) => {
      const connection = scope.connection();
      for (const codec of [undefined, codecsOf('video', 'video/H264')[0]]) {
        connection.addTransceiver('video', { sendEncodings: [withCodec({}, codec)] });
      }
      const [without, chosenOne] = sections(await connection.createOffer()).map((section) =>
        section.split('\r\n').filter((line) => line.startsWith('a=rtpmap:')),
      );
      equal(chosenOne, without, 'codecs');
    },
    'audio senders have parameters too': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await tone(scope));
      await negotiate(one, other);
      const wish = sender.getParameters();
      equal(wish.codecs[0]?.mimeType, 'audio/opus', 'codec');
      must(wish.encodings[0], 'an encoding').maxBitrate = 20_000;
      await sender.setParameters(wish);
      equal(sender.getParameters().encodings[0]?.maxBitrate, 20_000, 'maxBitrate');
    },
  },
};

/** Kinds and codecs that senders choose. */
const CODECS = [
  ['video', 'video/VP8'],
  ['video', 'video/H264'],
  ['audio', 'audio/opus'],
  ['audio', 'audio/PCMU'],
  ['audio', 'audio/PCMA'],
] as const;

async function activate(sender: RTCRtpSender, active: boolean): Promise<void> {
  const wish = sender.getParameters();
  must(wish.encodings[0], 'an encoding').active = active;
  await sender.setParameters(wish);
}

async function bytesReceived(connection: RTCPeerConnection): Promise<number> {
  let bytes = 0;
  for (const entry of (await connection.getStats()).values()) {
    if (entry.type === 'inbound-rtp') bytes += entry.bytesReceived ?? 0;
  }
  return bytes;
}
