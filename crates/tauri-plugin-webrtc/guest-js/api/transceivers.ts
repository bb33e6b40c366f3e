// The transceiver objects of one connection.
//
// Invariant: each transceiver of the JSEP state has one object. Events are dispatched in the order of
// W3C webrtc-pc, 4.4.1.5.

import type { Applied } from '../jsep/apply.ts';
import { sends, type Transceiver } from '../jsep/state.ts';
import type { ConnectionContext } from './connection-context.ts';
import { TrackEvent } from './events.ts';
import { readEncodings, type Encodings } from './parameters.ts';
import { RemoteStreams } from './remote-streams.ts';
import { RtpTransceiver, transceiverControl, type TransceiverControl } from './rtp-transceiver.ts';

export class Transceivers {
  readonly #context: ConnectionContext;
  readonly #stop: (transceiver: RtpTransceiver) => void;
  readonly #made = new Map<number, RtpTransceiver>();
  readonly #streams = new RemoteStreams();

  constructor(context: ConnectionContext, stop: (transceiver: RtpTransceiver) => void) {
    this.#context = context;
    this.#stop = stop;
  }

  get(id: number): RtpTransceiver | undefined {
    return this.#made.get(id);
  }

  control(id: number): TransceiverControl | undefined {
    const transceiver = this.#made.get(id);
    return transceiver === undefined ? undefined : transceiverControl(transceiver);
  }

  values(): IterableIterator<RtpTransceiver> {
    return this.#made.values();
  }

  /** Creates the object for `made`, which is already in the JSEP state. */
  make(made: Transceiver, track: MediaStreamTrack | null, encodings: Encodings): RtpTransceiver {
    const stop = this.#stop;
    const transceiver = new RtpTransceiver({
      context: this.#context,
      made,
      track,
      encodings,
      stop,
    });
    this.#made.set(made.id, transceiver);
    return transceiver;
  }

  /** Creates and ends objects after a description. `dispatch` fires the events. */
  adopt({ added, removed, stopped, state }: Applied): void {
    for (const made of added) this.make(made, null, readEncodings(made.kind, []));
    for (const { id } of [...removed, ...stopped]) this.control(id)?.end();
    for (const { id, negotiated } of state.transceivers) {
      const control = this.control(id);
      if (control !== undefined && sends(negotiated.currentDirection)) control.hasSent = true;
    }
  }

  /** Updates all senders to the negotiated state. */
  sync(): void {
    for (const transceiver of this.#made.values()) transceiverControl(transceiver).sender.sync();
  }

  dispatch(
    { muted, streams, tracks, removed, stopped, state }: Applied,
    target: EventTarget,
  ): void {
    for (const { id } of muted) this.control(id)?.received.mute();
    for (const { before, after } of streams) {
      const transceiver = this.#made.get((after ?? before)?.id ?? 0);
      if (transceiver === undefined) continue;
      const was = before?.negotiated.remoteStreams ?? [];
      const is = after?.negotiated.remoteStreams ?? [];
      this.#streams.move(transceiver.receiver.track, was, is);
    }
    for (const { id, negotiated } of tracks) {
      const transceiver = this.#made.get(id);
      if (transceiver === undefined || this.#context.isClosed()) continue;
      const { receiver } = transceiver;
      const { track } = receiver;
      const into = negotiated.remoteStreams.map((stream) => this.#streams.get(stream));
      target.dispatchEvent(
        new TrackEvent('track', { receiver, track, streams: into, transceiver }),
      );
    }
    for (const { id } of [...removed, ...stopped]) {
      if (!state.transceivers.some((one) => one.id === id)) this.#made.delete(id);
    }
  }

  /** Stops the received tracks without an event (W3C webrtc-pc, 4.4.1.10). */
  close(): void {
    for (const transceiver of this.#made.values()) {
      transceiver.receiver.track.stop();
      transceiverControl(transceiver).end();
    }
    this.#made.clear();
    this.#streams.clear();
  }
}
