// The lobby form: email, room, relay, Join.
//
// Invariant: input is saved to the settings immediately, so none is lost; fields are read-only only
// while joining.

import { LoaderCircle } from 'lucide-react';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { flushSync } from 'react-dom';

import type { Settings } from '../../ports';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { TextField } from '../parts/text-field';
import { useStore } from '../use-store';
import styles from './lobby-form.module.css';
import {
  firstProblem,
  lobbyProblems,
  type LobbyField,
  type LobbyProblems,
} from './lobby-validation';
import { RecentRooms } from './recent-rooms';
import { finishRoom } from './room-entry';
import { RoomField } from './room-field';
import { RelayFields } from '../relay/relay-fields';

export function LobbyForm() {
  const app = useApp();
  const state = useStore(app.engine);
  const settings = useStore(app.settings);
  const [refused, setRefused] = useState<LobbyProblems>({});
  const form = useRef<HTMLFormElement>(null);
  const joining = state.room.kind === 'joining';
  const general = state.problem?.field === 'general' ? texts.problem(state.problem.reason) : null;

  function problemOf(field: LobbyField): string | null {
    const reported = state.problem?.field === field ? texts.problem(state.problem.reason) : null;
    // An invite opened meanwhile has fixed it.
    const isMended = field === 'room' && settings.room !== '';
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

  async function join() {
    await finishRoom(app);
    const { email, room, relay } = app.settings.get();
    const problems = lobbyProblems({ email, room, relay });
    const wrong = firstProblem(problems);
    // Synchronous, because a collapsed field has to expand before it takes the focus.
    flushSync(() => setRefused(problems));
    if (wrong !== null) return focusField(form.current, wrong);
    app.engine.dispatch({
      type: 'join-pressed',
      roomSession: { email: email.trim(), room, relay, session: app.newId(), rejoin: null },
    });
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
      <RoomField
        readOnly={joining}
        problem={problemOf('room')}
        onEdit={(room) => edit({ room }, 'room')}
      />
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
      {joining ? null : (
        <RecentRooms
          rooms={settings.recentRooms}
          onChoose={({ room, relay }) => {
            app.roomDraft.set(null);
            edit(app.host.canChooseRelay ? { room, relay } : { room }, 'room');
          }}
        />
      )}
    </form>
  );
}

function focusField(form: HTMLFormElement | null, field: LobbyField) {
  const input = form?.elements.namedItem(field);
  if (input instanceof HTMLElement) input.focus();
}
