// Tones: `RTCDTMFSender` (webrtc-pc, 7).

import { equal, must, next, ok, throws, until, type Scope, type Subject } from './assertions.ts';
import { connect, negotiate } from './pair.ts';
import { tone, video } from './sources.ts';

export const dtmf: Subject = {
  name: 'tones',
  tests: {
    'a sender of audio has tones, one of video has none': async (scope) => {
      const connection = scope.connection();
      const { dtmf: sender } = connection.addTrack(await tone(scope));
      ok(sender instanceof RTCDTMFSender, 'of audio');
      ok(connection.getSenders()[0]?.dtmf === sender, 'the same object');
      equal(connection.addTrack(await video(scope)).dtmf, null, 'of video');
      equal([sender.toneBuffer, sender.canInsertDTMF], ['', false], 'before a negotiation');
      throws(
        'InvalidStateError',
        () => {
          sender.insertDTMF('1');
        },
        'insertDTMF',
      );
    },
    'telephone-event is offered in the clock rates of the codecs': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio');
      const { sdp = '' } = await connection.createOffer();
      for (const rate of [48_000, 8000])
        ok(sdp.includes(` telephone-event/${rate}\r\n`), `${rate}`);
    },
    'tones are told one after the other, and then their end': async (scope) => {
      const sender = await connectedSender(scope);
      const told: string[] = [];
      const ended = new Promise<void>((resolve) => {
        sender.ontonechange = ({ tone: played }) => {
          told.push(`${played}|${sender.toneBuffer}`);
          if (played === '') resolve();
        };
      });
      const began = performance.now();
      sender.insertDTMF('1a#', 100, 70);
      equal(sender.toneBuffer, '1A#', 'the buffer');
      await ended;
      const took = performance.now() - began;
      equal(told, ['1|A#', 'A|#', '#|', '|'], 'the events');
      ok(took >= 3 * 170 - 20, `three tones last half a second: ${took} ms`);
    },
    'tones replace those that wait': async (scope) => {
      const sender = await connectedSender(scope);
      const told: string[] = [];
      sender.ontonechange = ({ tone: played }) => {
        told.push(played);
        if (played === '1') sender.insertDTMF('9', 40, 30);
      };
      sender.insertDTMF('123', 40, 30);
      await until('the tones end', () => told.includes(''));
      equal(told, ['1', '9', ''], 'the tones');
    },
    'an empty text ends the tones': async (scope) => {
      const sender = await connectedSender(scope);
      const told: string[] = [];
      sender.ontonechange = ({ tone: played }) => {
        told.push(played);
        if (played === '1') sender.insertDTMF('');
      };
      sender.insertDTMF('123', 40, 30);
      await until('the tones end', () => told.includes(''));
      equal(told, ['1', ''], 'the tones');
    },
    'a comma is a pause of two seconds': async (scope) => {
      const sender = await connectedSender(scope);
      sender.insertDTMF(',1', 40, 30);
      const first = await next<RTCDTMFToneChangeEvent>(sender, 'tonechange');
      const began = performance.now();
      const second = await next<RTCDTMFToneChangeEvent>(sender, 'tonechange');
      equal([first.tone, second.tone], [',', '1'], 'the tones');
      ok(performance.now() - began >= 1_900, 'the pause');
    },
    'what is no tone is refused': async (scope) => {
      const sender = await connectedSender(scope);
      for (const text of ['x', '12e', ' ', '1-2']) {
        throws(
          'InvalidCharacterError',
          () => {
            sender.insertDTMF(text);
          },
          text,
        );
      }
      equal(sender.toneBuffer, '', 'the buffer');
    },
    'where nothing is sent there are no tones': async (scope) => {
      const [one, other] = scope.pair();
      const sender = must(one.addTrack(await tone(scope)).dtmf, 'tones');
      await connect(one, other);
      equal(sender.canInsertDTMF, true, 'while it sends');
      const [transceiver] = one.getTransceivers();
      must(transceiver, 'a transceiver').direction = 'inactive';
      await negotiate(one, other);
      equal(sender.canInsertDTMF, false, 'inactive');
      throws(
        'InvalidStateError',
        () => {
          sender.insertDTMF('1');
        },
        'insertDTMF',
      );
    },
    'the event has its tone': () => {
      equal(new RTCDTMFToneChangeEvent('tonechange', { tone: '5' }).tone, '5', 'given');
      equal(new RTCDTMFToneChangeEvent('tonechange').tone, '', 'the default');
    },
  },
};

async function connectedSender(scope: Scope): Promise<RTCDTMFSender> {
  const [one, other] = scope.pair();
  const sender = must(one.addTrack(await tone(scope)).dtmf, 'tones');
  await connect(one, other);
  equal(sender.canInsertDTMF, true, 'canInsertDTMF');
  return sender;
}
