// Media from one connection to another: frame rates of decoded video, frequencies of tones.

import { equal, must, ok, sleep, until, type Subject } from './assertions.ts';
import { choose, codecsOf, withCodec } from './codecs.ts';
import { channels, connect, negotiate } from './pair.ts';
import { frames, listen, painted, shown, tone, video } from './sources.ts';

export const media: Subject = {
  name: 'media',
  tests: {
    'video runs in both directions at 90 % of its frame rate': async (scope) => {
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
      // A slow machine may need several measurements.
      await until(
        'nine tenths of the captured frames are shown on both sides',
        async () => {
          const before = all.map(frames);
          await sleep(2_000);
          const came = all.map((element, at) => frames(element) - (before[at] ?? 0));
          const [captured, ...received] = came;
          return received.every((count) => count >= 0.9 * must(captured, 'captured'));
        },
        20_000,
      );
    },
    'a canvas is sent as it is painted': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(painted(scope));
      await connect(one, other);
      const element = await shown(scope, must(other.getReceivers()[0], 'a receiver').track);
      equal([element.videoWidth, element.videoHeight], [320, 240], 'size');
      const pen = must(new OffscreenCanvas(1, 1).getContext('2d'), 'a context');
      const colours = new Set<string>();
      const before = frames(element);
      await until('frames with other colours come', () => {
        pen.drawImage(element, 0, 0, 1, 1);
        colours.add(pen.getImageData(0, 0, 1, 1).data.join());
        return colours.size > 20 && frames(element) > before + 20;
      });
    },
    'a camera and a canvas are sent side by side': async (scope) => {
      const [one, other] = scope.pair();
      for (const track of [painted(scope), await video(scope)]) one.addTrack(track);
      await connect(one, other);
      const elements = await Promise.all(
        other.getReceivers().map(({ track }) => shown(scope, track)),
      );
      const before = elements.map(frames);
      const pen = must(new OffscreenCanvas(8, 6).getContext('2d'), 'a context');
      await until('both go on', () => {
        pen.drawImage(must(elements[0], 'the canvas'), 0, 0, 8, 6);
        ok(isOneColour(pen.getImageData(0, 0, 8, 6)), 'frames of the canvas show the canvas alone');
        return elements.every((element, at) => frames(element) > must(before[at], 'a count') + 40);
      });
    },
    'video keeps its size': async (scope) => {
      const [one, other] = scope.pair();
      const track = await video(scope);
      one.addTrack(track);
      await connect(one, other);
      const element = await shown(scope, must(other.getReceivers()[0], 'a receiver').track);
      const { width, height } = track.getSettings();
      await until('it has the size it was sent in', () => element.videoWidth === width);
      equal(element.videoHeight, height, 'height');
    },
    'video tracks can be stopped again and again while shown': async (scope) => {
      const track = await video(scope);
      for (let time = 0; time < 8; time += 1) {
        const copy = track.clone();
        // Sequential by design.
        // oxlint-disable-next-line no-await-in-loop
        const element = await shown(scope, copy);
        const stream = element.srcObject;
        copy.stop();
        equal(copy.readyState, 'ended', 'the state of the track');
        ok(element.srcObject === stream, 'the element has the stream it was given');
        element.srcObject = null;
      }
    },
    'a video track removed from a stream and added again is shown': async (scope) => {
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
        // Sequential by design.
        // oxlint-disable-next-line no-await-in-loop
        await until('frames rise again', () => {
          const now = frames(element);
          return now !== before && now > 0;
        });
      }
    },
    'video runs in H.264 where the page prefers it': async (scope) => {
      // The page of these tests awaits `install()`.
      ok(codecsOf('video', 'video/H264').length > 0, 'H.264 is known');
      const [one, other] = scope.pair();
      const transceiver = one.addTransceiver(await video(scope));
      transceiver.setCodecPreferences(codecsOf('video', 'video/H264'));
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
    'a sender sends the codec of its encoding, and another one while it runs': async (scope) => {
      const [one, other] = scope.pair();
      const [first] = codecsOf('video', 'video/H264');
      const { sender } = one.addTransceiver(await video(scope), {
        sendEncodings: [withCodec({}, first)],
      });
      const second = one.addTrack(await tone(scope, 700));
      await connect(one, other);
      const [videoReceiver, audioReceiver] = other.getReceivers();
      const element = await shown(scope, must(videoReceiver, 'a receiver').track);
      const frequency = await listen(scope, must(audioReceiver, 'a receiver').track);
      await until('both arrive in the first codecs', async () => {
        const received = await codecsReceived(other);
        return frequency() !== null && received.join() === 'audio/opus,video/H264';
      });
      await choose(sender, codecsOf('video', 'video/VP8')[0]);
      await choose(second, codecsOf('audio', 'audio/PCMU')[0]);
      await until('both arrive in the other codecs', async () => {
        const received = await codecsReceived(other);
        return received.join() === 'audio/PCMU,video/VP8';
      });
      const before = frames(element);
      await until('frames rise', () => frames(element) > before + 10);
      await until('the tone arrives', () => Math.abs((frequency() ?? 0) - 700) < 30);
    },
    'a tone arrives at its frequency in both directions': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope, 600));
      other.addTrack(await tone(scope, 1800));
      await connect(one, other);
      const [hereHear, thereHear] = await Promise.all(
        [one, other].map((each) => listen(scope, must(each.getReceivers()[0], 'a receiver').track)),
      );
      for (const [frequency, expected] of [
        [hereHear, 1800],
        [thereHear, 600],
      ] as const) {
        await until(`${expected} Hz are heard`, () => {
          const heard = frequency?.() ?? null;
          return heard !== null && Math.abs(heard - expected) < 30;
        });
      }
    },
    'a tone arrives in both directions where there is only G.711': async (scope) => {
      for (const mimeType of ['audio/PCMU', 'audio/PCMA']) {
        const [one, other] = scope.pair();
        one.addTrack(await tone(scope, 600));
        other.addTrack(await tone(scope, 1800));
        const [transceiver] = one.getTransceivers();
        const codecs = RTCRtpReceiver.getCapabilities('audio')?.codecs ?? [];
        const g711 = must(
          codecs.find((codec) => codec.mimeType === mimeType),
          mimeType,
        );
        equal([g711.clockRate, g711.channels], [8000, 1], 'clock rate and channels');
        transceiver?.setCodecPreferences([g711]);
        await connect(one, other);
        equal(codecsSent(one), [mimeType], 'the codecs sent with');
        const ears = await Promise.all(
          [one, other].map((each) =>
            listen(scope, must(each.getReceivers()[0], 'a receiver').track),
          ),
        );
        for (const [index, expected] of [1800, 600].entries()) {
          await until(`${expected} Hz are heard in ${mimeType}`, () => {
            const heard = ears[index]?.() ?? null;
            return heard !== null && Math.abs(heard - expected) < 30;
          });
        }
        one.close();
        other.close();
      }
    },
    'video, audio and data channels share one connection': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope, 900));
      one.addTrack(await video(scope));
      const [near, far] = await channels(one, other);
      const [audioReceiver, videoReceiver] = other.getReceivers();
      const frequency = await listen(scope, must(audioReceiver, 'a receiver').track);
      const element = await shown(scope, must(videoReceiver, 'a receiver').track);
      const came: unknown[] = [];
      far.addEventListener('message', ({ data }) => came.push(data));
      near.send('now');
      await until('the tone arrives', () => Math.abs((frequency() ?? 0) - 900) < 30);
      const before = frames(element);
      await until('frames rise', () => frames(element) > before + 5);
      equal(came, ['now'], 'messages');
    },
    'media added later arrives': async (scope) => {
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
    'paused video resumes': async (scope) => {
      const [one, other] = scope.pair();
      const transceiver = one.addTransceiver(await video(scope));
      await connect(one, other);
      const { track } = must(other.getReceivers()[0], 'a receiver');
      const element = await shown(scope, track);
      transceiver.direction = 'inactive';
      await negotiate(one, other);
      await sleep(300);
      const stood = frames(element);
      await sleep(300);
      ok(frames(element) - stood <= 1, 'it stands');
      transceiver.direction = 'sendrecv';
      await negotiate(one, other);
      await until('it runs again', () => frames(element) > stood + 5);
    },
    'a received video frame can be drawn': async (scope) => {
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
    'four connections receive what one camera sends': async (scope) => {
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

/** The types of the codecs of received streams, in order of their kinds. */
async function codecsReceived(connection: RTCPeerConnection): Promise<string[]> {
  const report = await connection.getStats();
  const streams = [...report.values()].filter(({ type }) => type === 'inbound-rtp');
  return streams
    .map(({ codecId }) => String(Reflect.get(Object(report.get(codecId)), 'mimeType')))
    .toSorted();
}

/** Encoding changes colours a little. */
function isOneColour({ data }: ImageData): boolean {
  return [0, 1, 2].every((colour) => {
    const values = data.filter((_, at) => at % 4 === colour);
    return Math.max(...values) - Math.min(...values) < 48;
  });
}

/** The MIME types of the codecs of the first sender. */
function codecsSent(connection: RTCPeerConnection): string[] {
  const parameters = connection.getSenders()[0]?.getParameters();
  return (parameters?.codecs ?? []).map(({ mimeType }) => mimeType);
}
