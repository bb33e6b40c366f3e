// The room outside a call: members, call button, invite link.

import { LogOut, Phone, VideoOff } from 'lucide-react';

import { callAbility } from '../../engine/address/queries';
import { isBlocked } from '../../engine/blocking/queries';
import { fullName, personNames, withNames } from '../../engine/person-name';
import { isPrivateStay } from '../../engine/room/queries';
import type { InsideRoom } from '../../engine/room/state';
import type { Member } from '../../engine/state';
import { emailsIn } from '../../engine/step-context';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { useRoomChat } from '../chat/room-chat';
import { StatusRegion } from '../call/status-region';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { ScreenTitle } from '../parts/screen-title';
import { PreviewLayout } from '../parts/preview-layout';
import { Sentence } from '../parts/sentence';
import { ProblemNotices } from '../parts/problem-notices';
import { DoorCount } from './door-count';
import { DoubtNotices } from '../verification/doubt-notices';
import { useSelected } from '../use-store';
import { Invite } from './invite';
import { LazyEntry } from './lazy-entry';
import { OwnAddress } from './own-address';
import { PeopleList } from './people-list';
import { PrivateMark } from './private-mark';
import styles from './room-view.module.css';
import { runningCall } from './running-call';

export function RoomView({ room }: { readonly room: InsideRoom }) {
  const app = useApp();
  const { ended, canCall, ability, isOutside } = useSelected(app.engine, (state) => ({
    ended: state.call.kind === 'none' ? state.call.ended : null,
    canCall: state.canCall,
    ability: callAbility(state),
    isOutside: state.entry.own === 'outside',
  }));
  const { roomSession, members } = room;
  const chat = useRoomChat(room);

  return (
    <PreviewLayout
      email={roomSession.email}
      pictureName={texts.devices.yourCamera}
      beside={chat.panel}
    >
      <header className={styles['header']}>
        <ScreenTitle>
          <Sentence>{texts.room.title(roomSession.room)}</Sentence>
        </ScreenTitle>
        <StatusRegion className={styles['ended']}>
          {ended === null ? '' : withNames(texts.callEnd(ended), emailsIn(room))}
        </StatusRegion>
      </header>
      {isPrivateStay(roomSession) ? <PrivateMark passcode={roomSession.sealed?.passcode} /> : null}
      <DoorCount />
      <DoubtNotices />
      <ProblemNotices />
      {isOutside ? (
        <Notice kind="caution" live="polite">
          {texts.room.entry.outside}
        </Notice>
      ) : members.length === 0 ? (
        <p className={styles['alone']}>
          <Sentence>
            {roomSession.sealed?.passcode === undefined
              ? texts.room.alone(roomSession.room)
              : texts.room.aloneByPasscode}
          </Sentence>
        </p>
      ) : (
        <PeopleList room={room} call={null} />
      )}
      {isPrivateStay(roomSession) && !isOutside ? <LazyEntry /> : null}
      {canCall ? null : <Notice kind="caution">{texts.room.noCallsHere}</Notice>}
      {ability === 'can-call' ? <CallAction room={room} /> : null}
      {canCall ? <OwnAddress /> : null}
      {isOutside ? null : (
        <>
          <Invite
            roomSession={roomSession}
            sharing={members.length === 0 ? 'offered' : 'elsewhere'}
          />
          {chat.button}
        </>
      )}
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
  const who = room.members.flatMap((member, index) => {
    const person = names[index];
    return inCall.includes(member) && person !== undefined ? [fullName(person)] : [];
  });
  return texts.room.runningCall(who);
}

function CallAction({ room }: { readonly room: InsideRoom }) {
  const app = useApp();
  if (room.members.length === 0) return null;
  if (!room.members.some(({ status }) => status.calls)) {
    return <Notice kind="fact">{texts.room.nobodyCanBeCalled}</Notice>;
  }
  const running = runningCall(room.members, (id) => isBlocked({ room }, id));
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
