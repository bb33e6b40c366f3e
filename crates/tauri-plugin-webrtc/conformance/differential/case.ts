// One case of the differential test: what a page does with input from elsewhere. Each case runs on
// Chromium's RTCPeerConnection and on the plugin's, and the verdicts are compared.
//
// Invariant: a case depends on its own input only, so its verdict is the same on every machine.

/** The observed values of a case, comparable as JSON. */
export type Verdict = Readonly<Record<string, unknown>>;

export interface Case {
  readonly name: string;
  run(open: Open): Promise<Verdict> | Verdict;
}

/** Opens a connection that closes at the end of the case. */
export type Open = (configuration?: unknown) => RTCPeerConnection;

/** `fulfilled`, or the name of the error. */
export async function outcomeOf(action: () => unknown): Promise<string> {
  try {
    await action();
    return 'fulfilled';
  } catch (error) {
    return error instanceof Error || error instanceof DOMException ? error.name : typeof error;
  }
}

/** A value as part of a case's name. */
export function spelled(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

/** For values that the types forbid. */
export function call(target: object, method: string, ...values: readonly unknown[]): unknown {
  const found: unknown = Reflect.get(target, method);
  if (typeof found !== 'function') throw new ReferenceError(`there is no ${method}`);
  return Reflect.apply(found, target, values);
}

/** Sets a remote offer and answers it. */
export function offerCase(name: string, sdp: string): Case {
  return {
    name: `offer: ${name}`,
    async run(open) {
      const connection = open();
      const offer = await outcomeOf(() => connection.setRemoteDescription({ type: 'offer', sdp }));
      const offered = connection.signalingState;
      const answer =
        offer === 'fulfilled' ? await outcomeOf(() => connection.setLocalDescription()) : null;
      // The transport replies in order, so its errors show now.
      if (answer === 'fulfilled') await connection.getStats();
      return {
        offer,
        offered,
        answer,
        answered: connection.signalingState,
        sections: sectionsOf(connection.currentLocalDescription?.sdp),
        transceivers: transceiversOf(connection),
        trickles: connection.canTrickleIceCandidates,
        failed: connection.connectionState === 'failed',
      };
    },
  };
}

/** Creates an offer (audio, video and data by default), and sets a remote answer. */
export function answerCase(
  name: string,
  answerTo: (offer: Offer) => string,
  prepare: (connection: RTCPeerConnection) => void = addEverything,
): Case {
  return {
    name: `answer: ${name}`,
    async run(open) {
      const connection = open();
      prepare(connection);
      await connection.setLocalDescription();
      const sdp = answerTo(readOffer(connection.localDescription?.sdp ?? ''));
      const answer = await outcomeOf(() =>
        connection.setRemoteDescription({ type: 'answer', sdp }),
      );
      if (answer === 'fulfilled') await connection.getStats();
      return {
        answer,
        answered: connection.signalingState,
        transceivers: transceiversOf(connection),
        hasRemote: connection.currentRemoteDescription !== null,
        failed: connection.connectionState === 'failed',
      };
    },
  };
}

function addEverything(connection: RTCPeerConnection): void {
  connection.addTransceiver('audio');
  connection.addTransceiver('video');
  connection.createDataChannel('letters');
}

/** The parts of an offer that an answer must repeat. */
export interface Offer {
  readonly opus: string;
  readonly vp8: string;
  readonly mids: readonly string[];
}

function readOffer(sdp: string): Offer {
  const payloadType = (codec: string): string =>
    new RegExp(`a=rtpmap:(\\d+) ${codec}/`).exec(sdp)?.[1] ?? '';
  return {
    opus: payloadType('opus'),
    vp8: payloadType('VP8'),
    mids: [...sdp.matchAll(/a=mid:(\S+)/g)].map(([, mid]) => mid ?? ''),
  };
}

/** Kind, accepted or rejected, and direction of each m-line. */
function sectionsOf(sdp: string | undefined): string[] {
  const [, ...sections] = (sdp ?? '').split(/^m=/m);
  return counted(
    sections.map((section) => {
      const [kind, port] = section.split(' ');
      const direction = /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(section)?.[1];
      const taken = kind === 'application' ? 'taken' : direction;
      return `${kind} ${port === '0' ? 'rejected' : taken}`;
    }),
  );
}

/** Runs of equal values, each with its length. */
function counted(texts: readonly string[]): string[] {
  const runs: { text: string; count: number }[] = [];
  for (const text of texts) {
    const last = runs.at(-1);
    if (last?.text === text) last.count += 1;
    else runs.push({ text, count: 1 });
  }
  return runs.map(({ text, count }) => (count === 1 ? text : `${text} ×${count}`));
}

function transceiversOf(connection: RTCPeerConnection): string[] {
  return counted(
    connection.getTransceivers().map(({ mid, direction, currentDirection, receiver }) => {
      const name = mid === null ? 'without a mid' : 'with a mid';
      return `${receiver.track.kind} ${name} ${direction} ${currentDirection}`;
    }),
  );
}
