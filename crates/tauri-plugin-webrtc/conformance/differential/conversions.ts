// Values that WebIDL converts at each entry of the API, as untyped pages pass them.

import { call, outcomeOf, spelled, type Case, type Open, type Verdict } from './case.ts';

const CONVERTED_VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  1,
  -1,
  65_535,
  65_536,
  1.9,
  '',
  '0',
  '7',
  'x',
  Number.NaN,
  [],
  [5],
  {},
];

function valueCase(name: string, run: (open: Open) => Promise<Verdict> | Verdict): Case {
  return { name: `value: ${name}`, run };
}

function channelCase(member: string, value: unknown): Case {
  return valueCase(`createDataChannel ${member} ${spelled(value)}`, async (open) => {
    const connection = open();
    let made: RTCDataChannel | null = null;
    const outcome = await outcomeOf(() => {
      made = connection.createDataChannel('x', { [member]: value });
    });
    if (made === null) return { outcome };
    const { ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id } =
      made as RTCDataChannel;
    return { outcome, ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id };
  });
}

const channels: readonly Case[] = [
  ...['ordered', 'maxPacketLifeTime', 'maxRetransmits', 'negotiated', 'id', 'protocol'].flatMap(
    (member) => CONVERTED_VALUES.map((value) => channelCase(member, value)),
  ),
  ...CONVERTED_VALUES.map((value) =>
    valueCase(`createDataChannel negotiated id ${spelled(value)}`, async (open) => {
      let id: number | null = null;
      const outcome = await outcomeOf(() => {
        const init: unknown = { negotiated: true, id: value };
        const made: unknown = call(open(), 'createDataChannel', 'x', init);
        if (made instanceof RTCDataChannel) id = made.id;
      });
      return { outcome, id };
    }),
  ),
  ...[undefined, null, 5, {}, 'a\uD800b', ''].map((label) =>
    valueCase(`createDataChannel label ${spelled(label)}`, async (open) => {
      let kept = '';
      const outcome = await outcomeOf(() => {
        const made: unknown = call(open(), 'createDataChannel', label);
        if (made instanceof RTCDataChannel) kept = made.label;
      });
      return { outcome, label: kept };
    }),
  ),
  ...[null, 5, 'x', []].map((init) =>
    valueCase(`createDataChannel options ${spelled(init)}`, async (open) => ({
      outcome: await outcomeOf(() => call(open(), 'createDataChannel', 'x', init)),
    })),
  ),
  ...CONVERTED_VALUES.map((value) =>
    valueCase(`bufferedAmountLowThreshold ${spelled(value)}`, async (open) => {
      const channel = open().createDataChannel('x');
      const outcome = await outcomeOf(() =>
        Reflect.set(channel, 'bufferedAmountLowThreshold', value),
      );
      return { outcome, kept: channel.bufferedAmountLowThreshold };
    }),
  ),
];

const DESCRIPTIONS: readonly [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'offer'],
  ['a number', 5],
  ['an empty object', {}],
  ['a type that is null', { type: null, sdp: '' }],
  ['a type in capitals', { type: 'OFFER', sdp: '' }],
  ['a type of nothing', { sdp: '' }],
  ['an sdp that is null', { type: 'offer', sdp: null }],
  ['an sdp that is a number', { type: 'offer', sdp: 5 }],
  ['no sdp', { type: 'offer' }],
  ['rollback', { type: 'rollback' }],
  ['rollback with an sdp', { type: 'rollback', sdp: 'nonsense' }],
  [
    'an answer in stable',
    { type: 'answer', sdp: 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n' },
  ],
  ['a broken answer in stable', { type: 'answer', sdp: 'nonsense' }],
  ['an object that makes a text', { type: { toString: () => 'offer' }, sdp: 'nonsense' }],
];

const descriptions: readonly Case[] = DESCRIPTIONS.flatMap(([name, value]) => [
  ...['setRemoteDescription', 'setLocalDescription'].map((method) =>
    valueCase(`${method}: ${name}`, async (open) => {
      const connection = open();
      const outcome = await outcomeOf(() => call(connection, method, value));
      return { outcome, state: connection.signalingState };
    }),
  ),
  valueCase(`RTCSessionDescription: ${name}`, async () => {
    let made: unknown = null;
    const outcome = await outcomeOf(() => {
      made = Reflect.construct(RTCSessionDescription, [value]);
    });
    return { outcome, made: JSON.stringify(made) };
  }),
]);

const transceivers: readonly Case[] = [
  ...['audio', 'video', 'AUDIO', 'text', '', null, undefined, 5].map((kind) =>
    valueCase(`addTransceiver ${spelled(kind)}`, async (open) => {
      const connection = open();
      const outcome = await outcomeOf(() => call(connection, 'addTransceiver', kind));
      return { outcome, count: connection.getTransceivers().length };
    }),
  ),
  ...['sendrecv', 'stopped', 'x', '', null, 5, undefined].map((direction) =>
    valueCase(`addTransceiver direction ${spelled(direction)}`, async (open) => {
      const connection = open();
      const outcome = await outcomeOf(() =>
        call(connection, 'addTransceiver', 'audio', { direction }),
      );
      return { outcome, direction: connection.getTransceivers()[0]?.direction };
    }),
  ),
  ...[null, {}, 'x', [null], [5], [{}]].map((streams) =>
    valueCase(`addTransceiver streams ${spelled(streams)}`, async (open) => ({
      outcome: await outcomeOf(() => call(open(), 'addTransceiver', 'audio', { streams })),
    })),
  ),
  ...[null, 5, 'x'].map((init) =>
    valueCase(`addTransceiver options ${spelled(init)}`, async (open) => ({
      outcome: await outcomeOf(() => call(open(), 'addTransceiver', 'audio', init)),
    })),
  ),
  ...[
    null,
    {},
    [null],
    [5],
    [{ active: 0 }],
    [{ active: null }],
    [{ active: 'false' }],
    [{ maxBitrate: '1000' }],
    [{ maxBitrate: -1 }],
    [{ maxBitrate: null }],
    [{ maxBitrate: 1.5 }],
    [{ maxBitrate: 4_294_967_296 }],
    [{ scaleResolutionDownBy: '2' }],
    [{ scaleResolutionDownBy: 0.5 }],
    [{ scaleResolutionDownBy: null }],
    [{ scaleResolutionDownBy: 'x' }],
    [{ maxFramerate: '30' }],
    [{ maxFramerate: -1 }],
    [{ priority: 'high' }],
    [{ priority: 'highest' }],
    [{ networkPriority: 'x' }],
  ].map((sendEncodings) =>
    valueCase(`addTransceiver sendEncodings ${spelled(sendEncodings)}`, async (open) => {
      const connection = open();
      const outcome = await outcomeOf(() =>
        call(connection, 'addTransceiver', 'video', { sendEncodings }),
      );
      const [encoding] = connection.getTransceivers()[0]?.sender.getParameters().encodings ?? [];
      const { active, maxBitrate, scaleResolutionDownBy, maxFramerate } = encoding ?? {};
      return { outcome, active, maxBitrate, scaleResolutionDownBy, maxFramerate };
    }),
  ),
  ...['stopped', 'x', null, 5, 'inactive'].map((direction) =>
    valueCase(`direction = ${spelled(direction)}`, async (open) => {
      const transceiver = open().addTransceiver('audio');
      const outcome = await outcomeOf(() => Reflect.set(transceiver, 'direction', direction));
      return { outcome, direction: transceiver.direction };
    }),
  ),
  ...[undefined, null, 5, {}, 'audio'].map((track) =>
    valueCase(`addTrack ${spelled(track)}`, async (open) => ({
      outcome: await outcomeOf(() => call(open(), 'addTrack', track)),
    })),
  ),
];

const offers: readonly Case[] = [
  ...[
    undefined,
    null,
    5,
    'x',
    {},
    { iceRestart: 'false' },
    { iceRestart: 1 },
    { offerToReceiveAudio: 1 },
    { offerToReceiveAudio: 'x' },
    { offerToReceiveVideo: true },
    { offerToReceiveVideo: 0 },
  ].map((options) =>
    valueCase(`createOffer ${spelled(options)}`, async (open) => {
      let sdp = '';
      const outcome = await outcomeOf(async () => {
        const made: unknown = await call(open(), 'createOffer', options);
        sdp = String(Reflect.get(Object(made), 'sdp'));
      });
      return { outcome, sections: sdp.match(/^m=\w+/gm) ?? [] };
    }),
  ),
  ...[undefined, null, 5].map((selector) =>
    valueCase(`getStats ${spelled(selector)}`, async (open) => ({
      outcome: await outcomeOf(() => call(open(), 'getStats', selector)),
    })),
  ),
  ...[undefined, null, 'x', 5].map((handler) =>
    valueCase(`onicecandidate = ${spelled(handler)}`, async (open) => {
      const connection = open();
      const outcome = await outcomeOf(() => Reflect.set(connection, 'onicecandidate', handler));
      return { outcome, kept: connection.onicecandidate };
    }),
  ),
  ...[
    'addIceCandidate',
    'setRemoteDescription',
    'addTransceiver',
    'addTrack',
    'removeTrack',
    'createDataChannel',
  ].map((method) =>
    valueCase(`${method} of nothing`, async (open) => ({
      outcome: await outcomeOf(() => call(open(), method)),
    })),
  ),
];

export const conversions: readonly Case[] = [
  ...channels,
  ...descriptions,
  ...transceivers,
  ...offers,
];
