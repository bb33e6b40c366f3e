// The lobby form: email, room, relay, Join.
//
// Invariant: input is saved to the settings immediately, so none is lost; fields are read-only only
// while joining.

import { KeyRound, LoaderCircle, Lock } from 'lucide-react';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { flushSync } from 'react-dom';

import type { PrivateInvite, SealedPlace } from '../../app';
import type { ProblemReason } from '../../engine/problem';
import { needsPasscode, readRoomName } from '../../engine/private/room-name';
import type { Settings } from '../../ports';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { TextField } from '../parts/text-field';
import { useSelected, useStore } from '../use-store';
import styles from './lobby-form.module.css';
import {
  firstProblem,
  lobbyProblems,
  type LobbyField,
  type LobbyProblems,
} from './lobby-validation';
import { PasscodeField } from './passcode-field';
import { PrivatePlace } from './private-place';
import { RecentRooms } from './recent-rooms';
import { finishRoom } from './room-entry';
import { RoomField } from './room-field';
import { RelayFields } from '../relay/relay-fields';

export function LobbyForm() {
  const app = useApp();
  const state = useSelected(app.engine, ({ room, problem, signaling }) => ({
    joining: room.kind === 'joining',
    problem,
    signaling,
  }));
  const settings = useStore(app.settings);
  const chosen = useStore(app.privateInvite);
  const passcodeIs = passcodePlace(chosen, useStore(app.passcode));
  const [refused, setRefused] = useState<LobbyProblems>({});
  const form = useRef<HTMLFormElement>(null);
  const { joining } = state;
  const general = state.problem?.field === 'general' ? texts.problem(state.problem.reason) : null;

  function problemOf(field: LobbyField): string | null {
    const reported = state.problem?.field === field ? texts.problem(state.problem.reason) : null;
    // An invite opened meanwhile has fixed it.
    const isMended = field === 'room' && settings.room !== '' && chosen === null;
    return (isMended ? null : refused[field]) ?? reported;
  }

  const asked = state.problem?.field ?? null;
  useEffect(() => {
    if (asked !== null && asked !== 'general') focusField(form.current, asked);
  }, [asked]);

  function edit(change: Partial<Settings>, field: LobbyField) {
    app.settings.change(change);
    setRefused(({ [field]: _mended, ...others }) => others);
    if (state.problem !== null) app.engine.dispatch({ type: 'problem-dismissed' });
  }

  function addPasscode() {
    // Synchronous, so that the field takes the focus.
    flushSync(() => app.passcode.set(''));
    focusField(form.current, 'passcode');
  }

  /** Whether the join may begin. */
  function check(problems: LobbyProblems): boolean {
    const wrong = firstProblem(problems);
    // Synchronous, because a collapsed field has to expand before it takes the focus.
    flushSync(() => setRefused(problems));
    if (wrong !== null) focusField(form.current, wrong);
    return wrong === null;
  }

  async function join() {
    await finishRoom(app);
    const invite = app.privateInvite.get();
    const typed = app.passcode.get();
    if (invite !== null && !needsPasscode(invite.secret)) {
      await joinPrivate(invite);
      return;
    }
    if (invite !== null || typed !== null) {
      await joinByPasscode(invite, typed ?? '');
      return;
    }
    const { email, room, relay } = app.settings.get();
    if (!check(lobbyProblems({ email, room, relay }))) return;
    const stay = await app.stayInOpen(room);
    if ('code' in stay) {
      refuseTyped(room, stay);
      return;
    }
    begin(stay);
  }

  async function joinPrivate(invite: PrivateInvite | 'new') {
    const { room: _none, ...problems } = lobbyProblems({ ...app.settings.get(), room: '' });
    if (!check(problems)) return;
    const stay = await app.stayIn(invite);
    if ('code' in stay) {
      check({ room: texts.problem(stay) });
      return;
    }
    const { room, sealed } = stay;
    // For the way back after leaving.
    if (sealed.secret !== null) app.privateInvite.set({ room, secret: sealed.secret });
    app.roomDraft.set(null);
    begin(stay);
  }

  /** What is typed stays, with the reason why it leads nowhere. */
  function refuseTyped(room: string, reason: ProblemReason) {
    app.roomDraft.set({ text: room, problem: texts.problem(reason) });
    focusField(form.current, 'room');
  }

  function begin(stay: SealedPlace) {
    const { email, relay } = app.settings.get();
    const roomSession = { ...stay, email: email.trim(), relay, rejoin: null };
    app.engine.dispatch({ type: 'join-pressed', roomSession });
  }

  async function joinByPasscode(invite: PrivateInvite | null, passcode: string) {
    const { room: wrongRoom, ...others } = lobbyProblems(app.settings.get());
    const missing = passcode.trim() === '' ? { passcode: texts.lobby.passcode.missing } : {};
    const ofRoom = invite === null && wrongRoom !== undefined ? { room: wrongRoom } : {};
    if (!check({ ...others, ...ofRoom, ...missing })) return;
    const { room: name } = app.settings.get();
    const stay = await app.stayByPasscode({ invite, name, passcode });
    if ('code' in stay) {
      if (stay.code === 'passcode-short') check({ passcode: texts.problem(stay) });
      else if (invite === null) refuseTyped(name, stay);
      else check({ room: texts.problem(stay) });
      return;
    }
    // The name alone would lead into an open room.
    app.privateInvite.set({ room: stay.room, secret: stay.sealed.secret ?? '' });
    app.settings.change({ room: '' });
    app.roomDraft.set(null);
    begin(stay);
  }

  function submitted(event: FormEvent) {
    event.preventDefault();
    if (!joining) void join();
  }

  return (
    <form ref={form} className={styles['form']} noValidate onSubmit={submitted}>
      <TextField
        label={texts.lobby.email}
        name="email"
        inputMode="email"
        autoComplete="email"
        value={settings.email}
        readOnly={joining}
        problem={problemOf('email')}
        onValueChange={(email) => edit({ email }, 'email')}
      />
      {chosen === null ? (
        <RoomField
          readOnly={joining}
          problem={problemOf('room')}
          onEdit={(room) => edit({ room }, 'room')}
        />
      ) : (
        <PrivatePlace
          name={chosenName(chosen)}
          locked={joining}
          problem={problemOf('room')}
          onOtherRoom={() => {
            app.privateInvite.set(null);
            app.passcode.set(null);
            edit({}, 'room');
          }}
        />
      )}
      {passcodeIs === 'shown' ? (
        <PasscodeField
          locked={joining}
          problem={problemOf('passcode')}
          onEdit={(passcode) => {
            app.passcode.set(passcode);
            edit({}, 'passcode');
          }}
          onRemove={
            chosen === null
              ? () => {
                  app.passcode.set(null);
                  edit({}, 'passcode');
                }
              : null
          }
        />
      ) : null}
      {passcodeIs === 'folded' && !joining ? (
        <Button size="small" kind="quiet" className={styles['add']} onClick={addPasscode}>
          <KeyRound size={16} aria-hidden />
          {texts.lobby.passcode.add}
        </Button>
      ) : null}
      {app.host.canChooseRelay ? (
        <RelayFields
          relay={settings.relay}
          locked={joining}
          problem={problemOf('relay')}
          onChange={(relay) => edit({ relay }, 'relay')}
        />
      ) : problemOf('relay') === null ? null : (
        <Notice kind="problem" live="polite">
          {problemOf('relay')}
        </Notice>
      )}
      {general === null ? null : (
        <Notice kind="problem" live="polite">
          {general}
        </Notice>
      )}
      {joining && state.signaling.kind === 'waiting' ? (
        <Notice kind="caution" live="polite">
          {texts.problem(state.signaling.reason)}
        </Notice>
      ) : null}
      <div className={styles['buttons']}>
        <Button type="submit" kind="primary" aria-disabled={joining} className={styles['join']}>
          {joining ? (
            <>
              <LoaderCircle size={18} aria-hidden className={styles['turning']} />
              {texts.lobby.joining}
            </>
          ) : (
            texts.lobby.join
          )}
        </Button>
        {joining ? (
          <Button onClick={() => app.engine.dispatch({ type: 'join-cancelled' })}>
            {texts.lobby.cancel}
          </Button>
        ) : null}
      </div>
      {joining || chosen !== null ? null : (
        <Button kind="quiet" onClick={() => void joinPrivate('new')}>
          <Lock size={18} aria-hidden />
          {texts.lobby.privateRoom.begin}
        </Button>
      )}
      {joining ? null : (
        <RecentRooms
          rooms={settings.recentRooms}
          onChoose={({ room, relay }) => {
            app.roomDraft.set(null);
            app.privateInvite.set(null);
            app.passcode.set(null);
            edit(app.host.canChooseRelay ? { room, relay } : { room }, 'room');
          }}
        />
      )}
    </form>
  );
}

/** Where the field of the passcode is: a link to a private room without one needs none. */
function passcodePlace(
  chosen: PrivateInvite | null,
  passcode: string | null,
): 'shown' | 'folded' | 'none' {
  if (chosen !== null) return needsPasscode(chosen.secret) ? 'shown' : 'none';
  return passcode === null ? 'folded' : 'shown';
}

function chosenName({ secret }: PrivateInvite): string {
  const name = readRoomName(secret);
  return name === null ? texts.lobby.privateRoom.chosen : texts.lobby.passcode.chosen(name);
}

function focusField(form: HTMLFormElement | null, field: LobbyField) {
  const input = form?.elements.namedItem(field);
  if (input instanceof HTMLElement) input.focus();
}
