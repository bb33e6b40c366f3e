// A call: stage, header, dock and people panel.
//
// Invariant: controls fade only during a call without problems, and any input shows them.

import { useRef, useState } from 'react';

import type { State } from '../../engine/state';
import { texts } from '../../text/texts';
import { useApp, useDialogs } from '../app-context';
import { classes } from '../parts/classes';
import hidden from '../parts/hidden.module.css';
import { ScreenTitle } from '../parts/screen-title';
import type { InsideRoom } from '../room/room-view';
import { useStore } from '../use-store';
import { CallHeader } from './call-header';
import { callStatus } from './call-status';
import styles from './call-view.module.css';
import { Dock } from './dock';
import { participantsOf } from './participants';
import { PeoplePanel } from './people-panel';
import { createAutoplayGate } from './autoplay-gate';
import { Stage } from './stage';
import { useElementBox } from './use-element-box';
import { useIdle } from './use-idle';
import { useWeakPeers } from './use-weak-peers';

type OngoingCall = Extract<State['call'], { kind: 'starting' | 'active' }>;

interface Props {
  readonly room: InsideRoom;
  readonly call: OngoingCall;
}

export function CallView({ room, call }: Props) {
  const app = useApp();
  const dialogs = useDialogs();
  const state = useStore(app.engine);
  const controls = useRef<HTMLDivElement>(null);
  const header = useRef<HTMLElement>(null);
  const peopleButton = useRef<HTMLButtonElement>(null);
  const over = { header: useElementBox(header), dock: useElementBox(controls) };
  const [gate] = useState(createAutoplayGate);
  const [people, setPeople] = useState<'shown' | 'hidden'>('hidden');
  const participants = participantsOf(state);
  const status = callStatus(call.kind, participants, useWeakPeers(participants));
  const mayRest = status.mood === 'calm' && people === 'hidden' && dialogs.open === 'none';
  const resting = useIdle(controls, mayRest);

  return (
    <main className={classes(styles['call'], resting && styles['resting'])}>
      <div className={hidden['hidden']}>
        <ScreenTitle>{texts.call.title}</ScreenTitle>
      </div>
      <div className={styles['pictures']}>
        <Stage email={room.roomSession.email} participants={participants} gate={gate} over={over} />
        <CallHeader
          ref={header}
          room={room.roomSession.room}
          participants={participants}
          status={status}
          gate={gate}
          resting={resting}
        />
        <div ref={controls} className={styles['controls']}>
          <Dock
            people={people}
            peopleButton={peopleButton}
            onPeople={() => setPeople(people === 'shown' ? 'hidden' : 'shown')}
          />
        </div>
      </div>
      {people === 'shown' ? (
        <PeoplePanel
          room={room}
          call={call.id}
          onClose={(by) => {
            setPeople('hidden');
            // After a pointer press, no button keeps the focus.
            if (by === 'keyboard') peopleButton.current?.focus();
          }}
        />
      ) : null}
    </main>
  );
}
