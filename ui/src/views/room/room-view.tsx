// The room outside a call: members, call button, invite link.

import { LogOut, Phone } from 'lucide-react';

import { fullName, nameList, personNames, withNames } from '../../engine/person-name';
import type { Member, State } from '../../engine/state';
import { emailsIn } from '../../engine/step-context';
import { useApp } from '../app-context';
import { endSentence } from '../call/call-end';
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
    <PreviewLayout email={roomSession.email} pictureName="Your camera">
      <header className={styles['header']}>
        <ScreenTitle>
          Room <bdi>{roomSession.room}</bdi>
        </ScreenTitle>
        <StatusRegion className={styles['ended']}>
          {ended === null ? '' : withNames(endSentence(ended), emailsIn(room))}
        </StatusRegion>
      </header>
      <ProblemNotices />
      {members.length === 0 ? (
        <p className={styles['alone']}>
          You are alone in room <bdi>{roomSession.room}</bdi>. Send the invite link to whom you want
          to meet.
        </p>
      ) : (
        <PeopleList members={members} own={roomSession.email} call={null} />
      )}
      {state.canCall ? (
        <CallAction room={room} />
      ) : (
        <Notice kind="caution">
          The web engine of this system lacks WebRTC, so this window cannot hold calls. Open the
          invite link in a browser to call from there.
        </Notice>
      )}
      <Invite roomSession={roomSession} sharing={members.length === 0 ? 'offered' : 'elsewhere'} />
      <Button
        kind="quiet"
        className={styles['leave']}
        onClick={() => app.engine.dispatch({ type: 'leave-room-pressed' })}
      >
        <LogOut size={18} aria-hidden />
        Leave room
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
  return `${who} ${inCall.length === 1 ? 'is' : 'are'} in a call. Press Call to join it.`;
}

function CallAction({ room }: { readonly room: InsideRoom }) {
  const app = useApp();
  if (room.members.length === 0) return null;
  if (!room.members.some(({ status }) => status.calls)) {
    return (
      <Notice kind="fact">
        Nobody here can be called: their windows lack WebRTC. Send them the invite link to open in a
        browser.
      </Notice>
    );
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
        Call
      </Button>
    </div>
  );
}
