import { afterEach, expect, test, vi } from 'vitest';

import { acquireTogether, problemOf, type Acquired } from './acquire';

/** What of the constraints tells devices apart. */
interface Want {
  readonly deviceId?: { readonly exact: string };
}

interface Unit {
  readonly kind: MediaDeviceKind;
  readonly deviceId: string;
  readonly label: string;
}

const DESK: Unit = { kind: 'videoinput', deviceId: 'c2', label: 'Desk' };
const LID: Unit = { kind: 'videoinput', deviceId: 'c1', label: 'Lid' };
const MIC: Unit = { kind: 'audioinput', deviceId: 'm1', label: 'Built-in' };

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A browser with these devices; names and ids are hidden until the first permission. */
function browser(units: readonly Unit[], refusals: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const stopped: string[] = [];
  let permitted = false;
  const take = ({ deviceId }: Want, kind: MediaDeviceKind): unknown => {
    const exact = deviceId?.exact;
    const unit = units.find(
      (each) => each.kind === kind && (exact === undefined || each.deviceId === exact),
    );
    const refusal = refusals[kind];
    if (refusal !== undefined) throw new DOMException('', refusal);
    if (unit === undefined) {
      throw new DOMException('', exact === undefined ? 'NotFoundError' : 'OverconstrainedError');
    }
    return {
      kind: kind === 'audioinput' ? 'audio' : 'video',
      label: unit.label,
      getSettings: () => ({ deviceId: unit.deviceId }),
      stop: () => stopped.push(unit.label),
    };
  };
  vi.stubGlobal('navigator', {
    mediaDevices: {
      enumerateDevices: () =>
        Promise.resolve(
          permitted ? units : units.map(({ kind }) => ({ kind, deviceId: '', label: '' })),
        ),
      getUserMedia: async ({ audio, video }: Record<'audio' | 'video', Want>) => {
        asked.push(Object.keys({ ...(audio && { audio }), ...(video && { video }) }).join('+'));
        await Promise.resolve();
        const tracks = [
          ...(audio ? [take(audio, 'audioinput')] : []),
          ...(video ? [take(video, 'videoinput')] : []),
        ];
        permitted = true;
        return { getTracks: () => tracks };
      },
    },
  });
  return { asked, stopped };
}

const inShort = (acquired: readonly Acquired[]): readonly string[] =>
  acquired.map((each) => (each.kind === 'track' ? each.track.label : each.problem));

const BOTH = [
  { slot: 'microphone', choice: null },
  { slot: 'camera', choice: null },
] as const;

test('both are one question', async () => {
  const { asked } = browser([MIC, LID]);
  expect(inShort(await acquireTogether(BOTH))).toEqual(['Built-in', 'Lid']);
  expect(asked).toEqual(['audio+video']);
});

test('a missing camera does not cost the microphone', async () => {
  browser([MIC]);
  expect(inShort(await acquireTogether(BOTH))).toEqual(['Built-in', 'none']);
});

test('a denied microphone does not cost the camera', async () => {
  browser([MIC, LID], { audioinput: 'NotAllowedError' });
  expect(inShort(await acquireTogether(BOTH))).toEqual(['denied', 'Lid']);
});

test('a device in use by another program is not missing', async () => {
  const { asked } = browser([LID], { videoinput: 'NotReadableError' });
  expect(inShort(await acquireTogether([{ slot: 'camera', choice: null }]))).toEqual(['busy']);
  expect(asked).toEqual(['video']);
});

test('the chosen device is captured by id, also before the list', async () => {
  browser([LID, DESK]);
  const choice = { id: 'c2', label: 'Desk' };
  expect(inShort(await acquireTogether([{ slot: 'camera', choice }]))).toEqual(['Desk']);
});

test('the chosen device is found by label after its id changed', async () => {
  const { stopped } = browser([LID, DESK]);
  // A first permission, as from an earlier call of this page.
  await acquireTogether([{ slot: 'camera', choice: null }]);
  const choice = { id: 'old', label: 'Desk' };
  expect(inShort(await acquireTogether([{ slot: 'camera', choice }]))).toEqual(['Desk']);
  expect(stopped).toEqual([]);
});

test('a label readable only afterwards still finds its device', async () => {
  const { stopped } = browser([LID, DESK]);
  const choice = { id: 'old', label: 'Desk' };
  expect(inShort(await acquireTogether([{ slot: 'camera', choice }]))).toEqual(['Desk']);
  expect(stopped).toEqual(['Lid']);
});

test('a chosen device that is gone is the default one', async () => {
  browser([LID]);
  const choice = { id: 'gone', label: 'Roof' };
  expect(inShort(await acquireTogether([{ slot: 'camera', choice }]))).toEqual(['Lid']);
});

test('a page without devices says whether it is the address', async () => {
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('isSecureContext', false);
  expect(inShort(await acquireTogether(BOTH))).toEqual(['insecure', 'insecure']);
  vi.stubGlobal('isSecureContext', true);
  expect(inShort(await acquireTogether(BOTH))).toEqual(['none', 'none']);
});

test.each([
  ['NotAllowedError', 'denied'],
  ['SecurityError', 'denied'],
  ['NotFoundError', 'none'],
  ['OverconstrainedError', 'none'],
  ['NotReadableError', 'busy'],
  ['AbortError', 'busy'],
])('%s is %s', (name, problem) => {
  expect(problemOf(new DOMException('', name))).toBe(problem);
});
