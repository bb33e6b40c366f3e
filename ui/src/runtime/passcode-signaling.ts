// A stay in a room with a passcode, between the engine and the signaling port.
//
// Invariant: what the door has to do at a time is done then. Nothing happens after `close`.

import type { EntryAsk } from '../engine/entry/events';
import type { DoorView } from '../engine/private/door-view';
import type { PasscodeOutput, PasscodeRoom } from '../engine/private/passcode-room';
import type { RelayEvent, SignalingEvent } from '../engine/event';
import type { SealedStay } from '../engine/state';
import type { ClientMessage } from '../protocol/wire';
import type { PasscodeSealing } from './stays';

export interface PasscodeSignaling {
  readonly session: string;
  /** The status of the join; null if it is too long. */
  join(status: string): string | null;
  open(event: Extract<RelayEvent, { type: 'signaling-message' }>): void;
  send(message: Exclude<ClientMessage, { type: 'room:join' }>): void;
  /** What this person does about who is inside. */
  change(ask: EntryAsk): void;
  kept(): SealedStay;
  close(): void;
}

interface Means {
  readonly by: PasscodeSealing;
  readonly room: PasscodeRoom;
  readonly randomBytes: (count: number) => Uint8Array<ArrayBuffer>;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Returns what cancels it. */
  readonly after: (ms: number, act: () => void) => () => void;
  readonly send: (message: ClientMessage) => void;
  readonly tell: (event: SignalingEvent) => void;
  readonly doorChanged: (view: DoorView) => void;
  readonly keptChanged: () => void;
}

export function passcodeSignaling(means: Means): PasscodeSignaling {
  const { by, randomBytes, now, after, send, tell } = means;
  let { room } = means;
  let isClosed = false;
  let cancel: (() => void) | null = null;
  let view: DoorView | null = null;
  /** Of the last message, in milliseconds since 1970. */
  let heardAt = 0;

  const step = () => ({ at: now(), random: randomBytes });

  const take = ([next, outputs]: readonly [PasscodeRoom, readonly PasscodeOutput[]]): void => {
    if (isClosed) return;
    const before = room.door.root;
    room = next;
    for (const output of outputs) {
      if (output.type === 'send') send(output.message);
      else tell(by.eventOf(output, heardAt));
      if (isClosed) return;
    }
    if (room.door.root !== before) means.keptChanged();
    show();
    cancel?.();
    const at = by.wakesAt(room, now());
    cancel = at === null ? null : after(Math.max(0, at - now()) + 1, wake);
  };
  const wake = (): void => take(by.wake(room, step()));

  const show = (): void => {
    const next = by.viewOf(room, now());
    if (JSON.stringify(next) === JSON.stringify(view)) return;
    const waited = view?.kind === 'outside' && view.waits;
    view = next;
    means.doorChanged(next);
    const waits = next.kind === 'outside' && next.waits;
    if (waits) tell({ type: 'signaling-waiting', reason: { code: 'passcode-wait' } });
    else if (waited) tell({ type: 'signaling-connected' });
  };

  return {
    session: room.person.session,
    join(status) {
      const [next, text] = by.joinStatus(room, status, step());
      room = next;
      return text;
    },
    open(event) {
      heardAt = event.at;
      take(by.hear(room, event.message, step()));
    },
    send(message) {
      take(by.say(room, message, step()));
    },
    change(ask) {
      heardAt = Date.now();
      take(by.change(room, ask, step()));
    },
    kept: () => by.keptStay(room),
    close() {
      isClosed = true;
      cancel?.();
    },
  };
}
