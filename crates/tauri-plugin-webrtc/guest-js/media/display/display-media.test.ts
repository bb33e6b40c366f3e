import { afterAll, expect, test } from 'vitest';

import { answerCommands, answerNoCommands } from '../../bridge/testing/commands.ts';
import { type AudioConsent, chooseBySystem, notChosen, readConstraints } from './display-media.ts';
import { frameRateOf } from './display-track.ts';

test('constraints that would exclude a choice are refused', () => {
  const refused = [false, { advanced: [] }, { width: { min: 10 } }, { frameRate: { exact: 5 } }];
  for (const video of refused) expect(() => readConstraints({ video })).toThrow(TypeError);
});

test('other constraints are kept', () => {
  expect(readConstraints({})).toEqual({});
  expect(readConstraints({ video: true, audio: true })).toEqual({});
  const video = { frameRate: { ideal: 30 }, width: 640, displaySurface: 'window' };
  expect(readConstraints({ video })).toEqual(video);
});

test('the frame rate is the wanted one, below the maximum', () => {
  expect(frameRateOf({})).toBe(30);
  expect(frameRateOf({ frameRate: 5 })).toBe(5);
  expect(frameRateOf({ frameRate: { ideal: 60, max: 15 } })).toBe(15);
  expect(frameRateOf({ frameRate: { max: 5 } })).toBe(5);
  expect(frameRateOf({ frameRate: { exact: 10 } })).toBe(10);
});

function checkNotChosen(error: unknown, name: string, message: string): void {
  expect(() => notChosen(error)).toThrow(expect.objectContaining({ name, message }));
}

test('a dialog that is closed is no failure, and a missing portal has words', () => {
  checkNotChosen({ code: 'cancelled', message: 'no' }, 'NotAllowedError', 'no');
  checkNotChosen({ code: 'no-portal', message: 'install it' }, 'NotFoundError', 'install it');
  checkNotChosen({ code: 'no-pipewire', message: 'install it' }, 'NotFoundError', 'install it');
  checkNotChosen({ code: 'portal', message: 'see the log' }, 'NotReadableError', 'see the log');
  checkNotChosen('not permitted', 'NotReadableError', 'not permitted');
});

afterAll(answerNoCommands);

/** What is shared where the desktop asks. */
async function audioOf(
  page: 'wants audio' | 'wants none',
  consent: AudioConsent,
  isSoundServer = true,
): Promise<string> {
  answerCommands({
    choose_display: { grant: 'g', surface: 'window' },
    can_capture_system_audio: isSoundServer,
  });
  const chosen = await chooseBySystem(consent)({ audio: page === 'wants audio' });
  expect(chosen).toMatchObject({ grant: 'g', source: { surface: 'window' } });
  return chosen.systemAudio;
}

const yes: AudioConsent = () => Promise.resolve('shared');
const no: AudioConsent = () => Promise.resolve('not-shared');
const unknown: AudioConsent = () => Promise.reject(new Error('no settings'));

test('where the desktop asks, audio needs the page and the person', async () => {
  expect(await audioOf('wants audio', yes)).toBe('shared');
  expect(await audioOf('wants none', yes)).toBe('not-shared');
  expect(await audioOf('wants audio', no)).toBe('not-shared');
  expect(await audioOf('wants audio', unknown)).toBe('not-shared');
  expect(await audioOf('wants audio', yes, false)).toBe('not-shared');
});
