// The room outside a call: members, call button, invite link.

import { LogOut, Phone, VideoOff } from 'lucide-react';

import { fullName, nameList, personNames, withNames } from '../../engine/person-name';
import type { Member, State } from '../../engine/state';
import { emailsIn } from '../../engine/step-context';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { StatusRegion } from '../call/status-region';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { ScreenTitle } from '../parts/screen-title';
import { PreviewLayout } from '../parts/preview-layout';
import { Sentence } from '../parts/sentence';
import { ProblemNotices } from '../parts/problem-notices';
import { useStore } from '../use-store';
import { Invite } from './invite';
import { PeopleList } from './people-list';
import styles from './room-view.module.css';
import { runningCall } from './running-call';

export type InsideRoom = Extract<State['room'], { kind: 'inside' }>;

export function RoomView({ room }: { readonly room: InsideRoom }) {
  const app = useApp();
  const state = useStore(app.engine);
  const { roomSession, members } = room;
  const ended = state.call.kind === 'none' ? state.call.ended : null;

  return (
    <PreviewLayout email={roomSession.email} pictureName={texts.devices.yourCamera}>
      <header className={styles['header']}>
        <ScreenTitle>
          <Sentence>{texts.room.title(roomSession.room)}</Sentence>
        </ScreenTitle>
        <StatusRegion className={styles['ended']}>
          {ended === null ? '' : withNames(texts.callEnd(ended), emailsIn(room))}
        </StatusRegion>
      </header>
      <ProblemNotices />
      {members.length === 0 ? (
        <p className={styles['alone']}>
          <Sentence>{texts.room.alone(roomSession.room)}</Sentence>
        </p>
      ) : (
        <PeopleList members={members} own={roomSession.email} call={null} />
      )}
      {state.canCall ? (
        <CallAction room={room} />
      ) : (
        <Notice kind="caution">{texts.room.noCallsHere}</Notice>
      )}
      <Invite roomSession={roomSession} sharing={members.length === 0 ? 'offered' : 'elsewhere'} />
      <Button
        kind="quiet"
        className={styles['leave']}
        onClick={() => app.engine.dispatch({ type: 'leave-room-pressed' })}
      >
        <LogOut size={18} aria-hidden />
        {texts.room.leave}
      </Button>
    </PreviewLayout>
  );
}

function runningWords(room: InsideRoom, inCall: readonly Member[]): string {
  const [, ...names] = personNames(emailsIn(room));
  const who = nameList(
    room.members.flatMap((member, index) => {
      const person = names[index];
      return inCall.includes(member) && person !== undefined ? [fullName(person)] : [];
    }),
  );
  return texts.room.runningCall(who, inCall.length);
}

function CallAction({ room }: { readonly room: InsideRoom }) {
  const app = useApp();
  if (room.members.length === 0) return null;
  if (!room.members.some(({ status }) => status.calls)) {
    return <Notice kind="fact">{texts.room.nobodyCanBeCalled}</Notice>;
  }
  const running = runningCall(room.members);
  return (
    <div className={styles['call']}>
      {running === null ? null : (
        <p className={styles['running']}>
          <span className={styles['live']} aria-hidden />
          <Sentence>{runningWords(room, running.members)}</Sentence>
        </p>
      )}
      <Button
        kind="go"
        size="large"
        onClick={() => app.engine.dispatch({ type: 'call-pressed', newCall: app.newId() })}
      >
        <Phone size={20} aria-hidden />
        {texts.room.call}
      </Button>
      <Button
        kind="quiet"
        onClick={() =>
          app.engine.dispatch({ type: 'call-pressed', newCall: app.newId(), media: 'voice' })
        }
      >
        <VideoOff size={18} aria-hidden />
        {texts.room.voiceCall}
      </Button>
    </div>
  );
}
