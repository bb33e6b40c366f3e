// A stay in a room with a passcode: first at its door, then inside, as in a room by link.
//
// Invariant: the engine hears of the room once this member is inside. Until then nothing of the person
// leaves but the messages of the door.

import type { EntryAsk, EntryEvent } from '../entry/events';
import { isDelivered } from '../wire/call-message';
import type { SignalingEvent } from '../room/events';
import type { RoomSession, SealedStay } from '../room/state';
import type { ClientMessage, MemberId, RoomJoined, ServerMessage } from '../../protocol/wire';
import { readBase64url, writeBase64url, type Bytes } from './bytes';
import { changeEntry } from './change-entry';
import { doorWakesAt, stepDoor, type DoorInput, type DoorOutput, type DoorStep } from './door';
import { isOfDoor, OUTSIDE_STATUS, ROOT_BYTES } from './door-box';
import { seenAgain } from './door-presence';
import { closedDoor, type Door } from './door-state';
import { doorView, mayAnswer, othersAt, type DoorView } from './door-view';
import { keptEntry } from './entry';
import { EPOCH_SECRET_BYTES } from './epoch';
import { open, type Step as SealedStep } from './open';
import { passcodeKeys, passcodeRoom } from './passcode';
import { readRoomName } from './room-name';
import { seal, sealOwnStatus } from './seal';
import { enterWithKeys, withRoomKeys, type SealedRoom } from './sealed-room';
import { STATUS_NONCE_BYTES } from './status-box';
import { sessionOf, signingKeyOf } from './visit-keys';
import { isWellFormed } from './well-formed';

export interface PasscodeRoom {
  readonly door: Door;
  readonly person: Pick<RoomSession, 'room' | 'email' | 'session'>;
  readonly stay: SealedStay;
  readonly agreement: Bytes;
  /** Null at the door. */
  readonly inside: SealedRoom | null;
  /** The relay's last answer to a join. */
  readonly joined: (RoomJoined & { readonly type: 'room:joined' }) | null;
  /** The engine's last status. */
  readonly status: string;
  /** As the engine was told. */
  readonly others: 'seen' | 'unseen';
}

export type PasscodeOutput =
  | { readonly type: 'send'; readonly message: ClientMessage }
  /** For the engine. */
  | { readonly type: 'hear'; readonly message: ServerMessage }
  /** For the engine too. */
  | { readonly type: 'tell'; readonly event: EntryEvent }
  /** The passcode is not that of the others. */
  | { readonly type: 'refused' };

type Step = readonly [PasscodeRoom, readonly PasscodeOutput[]];

/** What the engine gets of it. `at` is the time of the message, in milliseconds since 1970. */
export function eventOf(
  output: Exclude<PasscodeOutput, { type: 'send' }>,
  at: number,
): SignalingEvent {
  switch (output.type) {
    case 'hear':
      return { type: 'signaling-message', message: output.message, at };
    case 'tell':
      return output.event;
    case 'refused':
      return {
        type: 'signaling-failed',
        field: 'passcode',
        reason: { code: 'passcode-wrong' },
      };
  }
}

/** What members inside say to each other about the door; it is not for the engine. */
const ABOUT_DOOR = 'snug door 1 ';
const GUESS = `${ABOUT_DOOR}guess`;
const ROOT = `${ABOUT_DOOR}root `;

/** Null if the stay cannot be read, or its name is not that of the room. */
export function enterPasscodeRoom(
  { room, email, session }: PasscodeRoom['person'],
  stay: SealedStay,
  agreement: Bytes,
): PasscodeRoom | null {
  const { passcode } = stay;
  const name = stay.secret === null ? null : readRoomName(stay.secret);
  const signing = readBase64url(stay.signing);
  if (passcode === undefined || name === null || passcodeRoom(name) !== room) return null;
  if (signing?.length !== 32) return null;
  const signingKey = signingKeyOf(signing);
  if (sessionOf(signingKey) !== session) return null;
  const kept = passcode.root === null ? null : readBase64url(passcode.root);
  if (kept !== null && kept.length !== ROOT_BYTES) return null;
  const person = { room, email, session };
  const door = closedDoor({ room, passcode: passcode.code, signingKey, root: kept });
  const inside = kept && enterWithKeys(passcodeKeys(room, kept), person, stay, agreement);
  const entered = {
    person,
    stay,
    agreement,
    inside,
    joined: null,
    status: '',
    others: 'seen',
  } as const;
  return behind({ ...entered, door }, 0);
}

/** For the join. Null if it is too long. */
export function joinStatus(
  room: PasscodeRoom,
  status: string,
  { random }: DoorStep,
): readonly [PasscodeRoom, string | null] {
  const next = { ...room, status };
  if (next.inside === null) return [next, OUTSIDE_STATUS];
  const [inside, text] = sealOwnStatus(next.inside, status, random(STATUS_NONCE_BYTES));
  return [{ ...next, inside }, text];
}

/** What the relay delivers. */
export function hear(room: PasscodeRoom, message: ServerMessage, step: DoorStep): Step {
  if (!isWellFormed(message)) return [room, []];
  if (isDelivered(message) && message.type === 'user:message' && isOfDoor(message.payload)) {
    const { from, payload } = message;
    return atDoor(room, { type: 'told', from, payload }, step);
  }
  const noted = message.type === 'room:joined' ? { ...room, joined: message } : room;
  const [opened, outputs] = isInside(noted)
    ? hearInside(noted, message, step)
    : hearOutside(noted, message);
  const [next, more] = atDoor(opened, { type: 'seen', message }, step);
  return [next, [...outputs, ...more]];
}

/** What the engine says. */
export function say(
  room: PasscodeRoom,
  message: Exclude<ClientMessage, { type: 'room:join' }>,
  { random }: DoorStep,
): Step {
  const next = message.type === 'user:status' ? { ...room, status: message.status } : room;
  if (!isInside(next)) {
    const isPlain = message.type === 'room:leave' || message.type === 'ping';
    return [next, isPlain ? [{ type: 'send', message }] : []];
  }
  const [inside, sealed] = seal(next.inside, message, random(STATUS_NONCE_BYTES));
  return [{ ...next, inside }, sealed === null ? [] : [{ type: 'send', message: sealed }]];
}

/** What this person does about who is inside. */
export function change(room: PasscodeRoom, ask: EntryAsk, step: DoorStep): Step {
  if (!isInside(room)) return [room, []];
  const secret = step.random(EPOCH_SECRET_BYTES);
  const nonce = step.random(STATUS_NONCE_BYTES);
  const may = (id: MemberId): boolean => mayAnswer(room.door, id, step.at);
  const [next, outputs] = settled(
    room,
    changeEntry(room.inside, ask, { secret, nonce }, may),
    step,
  );
  const [after, more] = atDoor(next, { type: 'time' }, step);
  return [after, [...outputs, ...more]];
}

export function wake(room: PasscodeRoom, step: DoorStep): Step {
  return atDoor(room, { type: 'time' }, step);
}

export function wakesAt({ door }: PasscodeRoom, at: number): number | null {
  return doorWakesAt(door, at);
}

export function viewOf({ door }: PasscodeRoom, at: number): DoorView {
  return doorView(door, at);
}

/** The stay as it is kept for a reload. */
export function keptStay({ stay, door, inside }: PasscodeRoom): SealedStay {
  const { passcode } = stay;
  if (passcode === undefined || door.root === null) return stay;
  const epoch = inside && keptEntry(inside);
  const root = writeBase64url(door.root);
  return { ...stay, passcode: { ...passcode, root }, ...(epoch === null ? {} : { epoch }) };
}

type Inside = PasscodeRoom & { readonly inside: SealedRoom };

function isInside(room: PasscodeRoom): room is Inside {
  return room.inside !== null;
}

function hearOutside(room: PasscodeRoom, message: ServerMessage): Step {
  switch (message.type) {
    case 'error':
      return [room, [{ type: 'hear', message: { ...message, message: '' } }]];
    case 'ice:servers': {
      const { iceServers, iceTtl } = message;
      return [{ ...room, joined: room.joined && { ...room.joined, iceServers, iceTtl } }, []];
    }
    case 'room:joined':
    case 'room:left':
    case 'user:joined':
    case 'user:left':
    case 'user:lost':
    case 'user:back':
    case 'user:status':
    case 'pong':
    case 'incoming:call':
    case 'call:accepted':
    case 'call:declined':
    case 'call:ended':
    case 'peer:nego:needed':
    case 'peer:nego:final':
    case 'peer:candidate':
    case 'user:message':
      return [room, []];
  }
}

function hearInside(room: Inside, message: ServerMessage, step: DoorStep): Step {
  return settled(room, open(room.inside, message, step.random(STATUS_NONCE_BYTES)), step);
}

/** What the sealed room says, hears and tells. */
function settled(
  room: PasscodeRoom,
  [inside, { heard, say: said, told }]: SealedStep,
  step: DoorStep,
): Step {
  let next = behind({ ...room, inside }, step.at);
  const outputs: PasscodeOutput[] = said.map((message) => ({ type: 'send', message }));
  for (const each of heard) {
    const about = each.type === 'user:message' ? aboutDoor(each.payload) : null;
    if (about === null) {
      outputs.push({ type: 'hear', message: each });
      continue;
    }
    const [after, more] = about === 'unreadable' ? [next, []] : atDoor(next, about, step);
    next = after;
    outputs.push(...more);
  }
  for (const event of told) {
    // Others may have another passcode: the door knows which have this one.
    if (event.type !== 'entry-others') outputs.push({ type: 'tell', event });
  }
  return [next, outputs];
}

/** The door knows the keys of the epochs, and whether this member waits at the lock. */
function behind(room: PasscodeRoom, at: number): PasscodeRoom {
  const { door, inside } = room;
  if (inside === null) return room;
  const epochs = inside.epochs.flatMap(({ epoch, keys }) => (epoch === null ? [] : [keys]));
  const { own } = inside;
  const isKnown = own === door.entry.own && isSameList(epochs, door.entry.epochs);
  return isKnown ? room : { ...room, door: seenAgain({ ...door, entry: { own, epochs } }, at) };
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

function aboutDoor(payload: string): DoorInput | 'unreadable' | null {
  if (!payload.startsWith(ABOUT_DOOR)) return null;
  if (payload === GUESS) return { type: 'guess-told' };
  const root = payload.startsWith(ROOT) ? readBase64url(payload.slice(ROOT.length)) : null;
  return root?.length === ROOT_BYTES ? { type: 'root-told', root } : 'unreadable';
}

function atDoor(room: PasscodeRoom, input: DoorInput, step: DoorStep): Step {
  const [door, outputs] = stepDoor(room.door, input, step);
  let next: PasscodeRoom = { ...room, door };
  const said: PasscodeOutput[] = [];
  for (const output of outputs) {
    const [after, more] = perform(next, output, step);
    next = after;
    said.push(...more);
  }
  const others = othersAt(next.door, step.at);
  if (others === next.others) return [next, said];
  return [
    { ...next, others },
    [...said, { type: 'tell', event: { type: 'entry-others', others } }],
  ];
}

function perform(room: PasscodeRoom, output: DoorOutput, step: DoorStep): Step {
  switch (output.type) {
    case 'say': {
      const { to, payload } = output;
      return [room, [{ type: 'send', message: { type: 'user:message', to, payload } }]];
    }
    case 'guessed':
      return tellInside(room, GUESS);
    case 'root':
      return isInside(room) ? move(room, output.root, step) : enter(room, output.root, step);
    case 'refused':
      return [room, [{ type: 'refused' }]];
  }
}

function enter(room: PasscodeRoom, root: Bytes, step: DoorStep): Step {
  const { person, stay, agreement, status } = room;
  const keys = passcodeKeys(person.room, root);
  const { signing, load } = stay;
  const entered = enterWithKeys(keys, person, { signing, load }, agreement);
  if (entered === null) return [room, [{ type: 'refused' }]];
  // The first status inside has the id; `open` says it.
  const inside = { ...entered, said: { ...entered.said, status } };
  return snapshot({ ...room, inside }, step);
}

/** The members that are known go over too. */
function move(room: Inside, root: Bytes, step: DoorStep): Step {
  const [told, handed] = tellInside(room, ROOT + writeBase64url(root));
  const moved = told.inside && withRoomKeys(told.inside, passcodeKeys(room.person.room, root));
  // The door moves before the first epoch only.
  if (moved === null) return [room, []];
  const [inside, status] = sealOwnStatus(moved, room.status, step.random(STATUS_NONCE_BYTES));
  const said: readonly PasscodeOutput[] =
    status === null ? [] : [{ type: 'send', message: { type: 'user:status', status } }];
  const [next, heard] = snapshot({ ...told, inside }, step);
  return [next, [...handed, ...said, ...heard]];
}

/** The room as it is now, for the engine. */
function snapshot(room: PasscodeRoom, step: DoorStep): Step {
  const { joined, door } = room;
  if (joined === null || !isInside(room)) return [room, []];
  const participants = [...door.present].map(([id, { status, presence }]) => ({
    id,
    email: '',
    ...(status === undefined ? {} : { status }),
    ...(presence === 'lost' ? { lost: true } : {}),
  }));
  return hearInside(room, { ...joined, participants }, step);
}

/** To all members that are known, sealed for each. */
function tellInside(room: PasscodeRoom, payload: string): Step {
  if (!isInside(room)) return [room, []];
  let { inside } = room;
  const said: PasscodeOutput[] = [];
  for (const to of knownIds(inside)) {
    const message = { type: 'user:message', to, payload } as const;
    const [next, sealed] = seal(inside, message, new Uint8Array(STATUS_NONCE_BYTES));
    inside = next;
    if (sealed !== null) said.push({ type: 'send', message: sealed });
  }
  return [{ ...room, inside }, said];
}

function knownIds({ members }: SealedRoom): readonly MemberId[] {
  return [...members.values()].flatMap(({ known }) => (known === null ? [] : [known.id]));
}
