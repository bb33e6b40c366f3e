// Real media from one connection to another: pictures decoded at their rate, tones heard.

import { equal, must, ok, stretch, until, type Subject } from './kit.ts';
import { channels, connect, negotiate } from './pair.ts';
import { frames, listen, shown, tone, video } from './sources.ts';

export const media: Subject = {
  name: 'media',
  tests: {
    'a picture runs both ways at nine tenths of its rate': async (scope) => {
      const [one, other] = scope.pair();
      const track = await video(scope);
      one.addTrack(track, new MediaStream());
      other.addTrack(track.clone(), new MediaStream());
      await connect(one, other);
      const elements = await Promise.all(
        [one, other].map((each) => shown(scope, must(each.getReceivers()[0], 'a receiver').track)),
      );
      const own = await shown(scope, track);
      const all = [own, ...elements];
      // A busy machine may need more than one stretch.
      await until(
        'nine tenths of the captured frames are shown on both sides',
        async () => {
          const before = all.map(frames);
          await stretch(2_000);
          const came = all.map((element, at) => frames(element) - (before[at] ?? 0));
          const [captured, ...received] = came;
          return received.every((count) => count >= 0.9 * must(captured, 'captured'));
        },
        20_000,
      );
    },
    'a picture keeps its size': async (scope) => {
      const [one, other] = scope.pair();
      const track = await video(scope);
      one.addTrack(track);
      await connect(one, other);
      const element = await shown(scope, must(other.getReceivers()[0], 'a receiver').track);
      const { width, height } = track.getSettings();
      await until('it has the size it was sent in', () => element.videoWidth === width);
      equal(element.videoHeight, height, 'height');
    },
    'a picture is stopped while it is shown, again and again': async (scope) => {
      const track = await video(scope);
      for (let time = 0; time < 8; time += 1) {
        const copy = track.clone();
        // One after the other is the point.
        // oxlint-disable-next-line no-await-in-loop
        const element = await shown(scope, copy);
        const stream = element.srcObject;
        copy.stop();
        equal(copy.readyState, 'ended', 'the state of the track');
        ok(element.srcObject === stream, 'the element has the stream it was given');
        element.srcObject = null;
      }
    },
    'a picture that is taken out of a stream and put back is shown again': async (scope) => {
      const track = await video(scope);
      const element = await shown(scope, track);
      const stream = element.srcObject;
      ok(stream instanceof MediaStream, 'it shows a stream');
      for (let time = 0; time < 8; time += 1) {
        stream.removeTrack(track);
        equal(stream.getTracks().length, 0, 'tracks that are left');
        stream.addTrack(track);
        ok(element.srcObject === stream, 'the element has the stream it was given');
        const before = frames(element);
        // One after the other is the point.
        // oxlint-disable-next-line no-await-in-loop
        await until('frames rise again', () => {
          const now = frames(element);
          return now !== before && now > 0;
        });
      }
    },
    'a picture runs in H.264 where the page prefers it': async (scope) => {
      // Which codecs there are is found out after the page has begun.
      await until('H.264 is known', () => h264().length > 0);
      const [one, other] = scope.pair();
      const transceiver = one.addTransceiver(await video(scope));
      transceiver.setCodecPreferences(h264());
      await connect(one, other);
      const receiver = must(other.getReceivers()[0], 'a receiver');
      const element = await shown(scope, receiver.track);
      const before = frames(element);
      await until('frames rise', () => frames(element) > before + 10);
      const codecs = [...(await receiver.getStats()).values()].filter(
        (each: { type: string }) => each.type === 'codec',
      );
      equal(
        codecs.map((each: { mimeType: string }) => each.mimeType),
        ['video/H264'],
        'codec',
      );
    },
    'a tone is heard at its frequency, both ways': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope, 600));
      other.addTrack(await tone(scope, 1800));
      await connect(one, other);
      const [hereHear, thereHear] = await Promise.all(
        [one, other].map((each) => listen(scope, must(each.getReceivers()[0], 'a receiver').track)),
      );
      for (const [readCapture, expected] of [
        [hereHear, 1800],
        [thereHear, 600],
      ] as const) {
        await until(`${expected} Hz are heard`, () => {
          const heard = readCapture?.() ?? null;
          return heard !== null && Math.abs(heard - expected) < 30;
        });
      }
    },
    'picture, sound and letters share one connection': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope, 900));
      one.addTrack(await video(scope));
      const [near, far] = await channels(one, other);
      const [sound, picture] = other.getReceivers();
      const readCapture = await listen(scope, must(sound, 'a receiver').track);
      const element = await shown(scope, must(picture, 'a receiver').track);
      const came: unknown[] = [];
      far.addEventListener('message', ({ data }) => came.push(data));
      near.send('now');
      await until('the tone is heard', () => Math.abs((readCapture() ?? 0) - 900) < 30);
      const before = frames(element);
      await until('frames rise', () => frames(element) > before + 5);
      equal(came, ['now'], 'letters');
    },
    'media added later comes through': async (scope) => {
      const [one, other] = scope.pair();
      await channels(one, other);
      one.addTrack(await video(scope));
      await negotiate(one, other);
      const element = await shown(scope, must(other.getReceivers()[0], 'a receiver').track);
      other.addTrack(await video(scope));
      await negotiate(other, one);
      await shown(scope, must(one.getReceivers()[0], 'a receiver').track);
      const before = frames(element);
      await until('the first goes on', () => frames(element) > before + 5);
    },
    'a picture that was paused comes back': async (scope) => {
      const [one, other] = scope.pair();
      const transceiver = one.addTransceiver(await video(scope));
      await connect(one, other);
      const { track } = must(other.getReceivers()[0], 'a receiver');
      const element = await shown(scope, track);
      transceiver.direction = 'inactive';
      await negotiate(one, other);
      await stretch(300);
      const stood = frames(element);
      await stretch(300);
      ok(frames(element) - stood <= 1, 'it stands');
      transceiver.direction = 'sendrecv';
      await negotiate(one, other);
      await until('it runs again', () => frames(element) > stood + 5);
    },
    'a received picture can be drawn': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await video(scope));
      await connect(one, other);
      const element = await shown(scope, must(other.getReceivers()[0], 'a receiver').track);
      const canvas = new OffscreenCanvas(64, 48);
      const pen = must(canvas.getContext('2d'), 'a context');
      await until('it has colours', () => {
        pen.drawImage(element, 0, 0, 64, 48);
        return new Set(pen.getImageData(0, 0, 64, 48).data).size > 4;
      });
    },
    'four receive what one sends': async (scope) => {
      const track = await video(scope);
      const pairs = [1, 2, 3, 4].map(() => scope.pair());
      for (const [one, other] of pairs) {
        one.addTrack(track);
        await connect(one, other);
      }
      for (const [, other] of pairs) {
        const element = await shown(scope, must(other.getReceivers()[0], 'a receiver').track);
        const before = frames(element);
        await until('frames rise', () => frames(element) > before + 3);
      }
    },
  },
};

/** Constrained baseline, level 3.1, in packets as everybody takes them (RFC 7742, 6.2). */
function h264(): RTCRtpCodec[] {
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  return codecs.filter(
    ({ mimeType, sdpFmtpLine = '' }) =>
      mimeType === 'video/H264' &&
      sdpFmtpLine.includes('packetization-mode=1') &&
      sdpFmtpLine.includes('profile-level-id=42e01f'),
  );
}
