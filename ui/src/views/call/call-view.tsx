// A call: stage, header, dock and side panel.
//
// Invariant: controls fade only during a call without problems, and any input shows them.

import { useCallback, useRef, useState } from 'react';

import { raisedHands, turnOf } from '../../engine/hands/order';
import type { State } from '../../engine/state';
import { controlSizeOf, dockFormOf } from '../../layout/control-size';
import type { TileKey } from '../../layout/media';
import type { Size } from '../../layout/rect';
import { texts } from '../../text/texts';
import { useApp, useDialogs } from '../app-context';
import type { PanelName } from '../panel/panel';
import { FileDrop } from '../files/file-drop';
import { hasPanel } from '../panel/panel-contents';
import { SidePanel } from '../panel/side-panel';
import { classes } from '../parts/classes';
import hidden from '../parts/hidden.module.css';
import { ScreenTitle } from '../parts/screen-title';
import { ScreenPickerDialog } from '../share/screen-picker';
import type { InsideRoom } from '../../engine/room/state';
import { useSelected } from '../use-store';
import { createAutoplayGate } from './autoplay-gate';
import { CallHeader } from './call-header';
import { callStatus } from './call-status';
import styles from './call-view.module.css';
import { Dock } from './dock';
import { participantsOf, type Participant } from './participants';
import { Stage } from './stage';
import { StageChoicesContext, useNewStageChoices } from './stage-choices';
import { useArrangement, type ArrangedStage } from './use-arrangement';
import { useCallShortcuts } from './use-call-shortcuts';
import { useElementBox } from './use-element-box';
import { useElementSize } from './use-element-size';
import { useIdle } from './use-idle';
import { usePictureInPicture } from './use-picture-in-picture';
import { useRegions } from './use-regions';
import { useShownVideo } from './use-shown-video';
import { useSmallWindow } from './use-small-window';
import { useSpeaking } from './use-speaking';
import { useWeakPeers } from './use-weak-peers';

type OngoingCall = Extract<State['call'], { kind: 'starting' | 'active' }>;

export interface CallViewProps {
  readonly room: InsideRoom;
  readonly call: OngoingCall;
}

export function CallView(props: CallViewProps) {
  return (
    <StageChoicesContext value={useNewStageChoices()}>
      <CallScreen {...props} />
    </StageChoicesContext>
  );
}

function CallScreen({ room, call }: CallViewProps) {
  const app = useApp();
  const dialogs = useDialogs();
  const participants = useSelected(app.engine, participantsOf);
  const turn = useSelected(app.engine, (state) => turnOf(raisedHands(state), room.self));
  const pictures = useRef<HTMLDivElement>(null);
  const controls = useRef<HTMLDivElement>(null);
  const header = useRef<HTMLElement>(null);
  const notices = useRef<HTMLDivElement>(null);
  const chatButton = useRef<HTMLButtonElement>(null);
  const peopleButton = useRef<HTMLButtonElement>(null);
  const moreButton = useRef<HTMLButtonElement>(null);
  const size = useElementSize(pictures);
  const headerBox = useElementBox(header);
  const noticesBox = useElementBox(notices);
  const over = {
    header: headerBox,
    notices: noticesBox.height === 0 ? 0 : headerBox.y + noticesBox.y + noticesBox.height,
    dock: useElementBox(controls),
  };
  const [gate] = useState(createAutoplayGate);
  const [panel, setPanel] = useState<PanelName | null>(null);
  const [reactions, setReactions] = useState<'open' | 'closed'>('closed');
  const [ownPicture, setOwnPicture] = useState<Size | null>(null);

  const weak = useWeakPeers(participants);
  const speaking = useSpeaking(participants);
  const { speaker } = speaking;
  const status = callStatus(call.kind, participants, weak);
  const isBusy = panel !== null || reactions === 'open' || dialogs.open !== 'none';
  const mayRest = status.mood === 'calm' && !isBusy;
  const resting = useIdle(pictures, mayRest);
  const arranged = useArrangement({
    participants,
    speaker,
    stage: size,
    over,
    controls: resting ? 'hidden' : 'shown',
    ownPicture,
  });
  const controlSize = controlSizeOf(size.width);
  const largest = largestVideo(arranged, participants, speaker);
  const pictureInPicture = usePictureInPicture(largest);
  const smallWindow = useSmallWindow();
  useShownVideo(arranged.tiles, participants, pictureInPicture?.isOn === true ? largest : null);

  const togglePanel = useCallback(
    (name: PanelName) => setPanel((before) => (before === name ? null : name)),
    [],
  );
  const closePanel = useCallback(
    (by: 'keyboard' | 'pointer') => {
      setPanel(null);
      // After a pointer press, no button keeps the focus.
      if (by === 'pointer') return;
      const opener = panel === 'chat' ? chatButton : peopleButton;
      (opener.current ?? moreButton.current)?.focus();
    },
    [panel],
  );
  const onConnectionDetails = hasPanel('connections') ? () => setPanel('connections') : null;
  const showFiles = useCallback(() => setPanel('files'), []);
  const offered = useCallback(
    () => setPanel((before) => before ?? (controlSize === 'small' ? null : 'files')),
    [controlSize],
  );
  const openReactions = useCallback(() => setReactions('open'), []);
  useCallShortcuts(participants, togglePanel, openReactions);
  useRegions();

  return (
    <main className={classes(styles['call'], resting && styles['resting'])}>
      <div className={hidden['hidden']}>
        <ScreenTitle>{texts.call.title}</ScreenTitle>
      </div>
      <div
        ref={pictures}
        data-surface="dark"
        data-resting={resting ? '' : undefined}
        className={styles['pictures']}
      >
        <Stage
          email={room.roomSession.email}
          member={room.self}
          turn={turn}
          participants={participants}
          weak={weak}
          talking={speaking.talking}
          gate={gate}
          size={size}
          arranged={arranged}
          onOwnPicture={setOwnPicture}
          onConnectionDetails={onConnectionDetails}
        />
        <CallHeader
          ref={header}
          notices={notices}
          room={room.roomSession.room}
          participants={participants}
          status={status}
          gate={gate}
          resting={resting}
          size={controlSize}
          full={fullParticipant(arranged, participants)}
          mode={arranged.mode}
          smallWindow={smallWindow}
          onConnectionDetails={onConnectionDetails}
        />
        <div ref={controls} className={styles['controls']}>
          <Dock
            size={controlSize}
            form={dockFormOf(size.width)}
            panel={panel}
            chatButton={chatButton}
            peopleButton={peopleButton}
            moreButton={moreButton}
            pictureInPicture={pictureInPicture}
            smallWindow={smallWindow}
            reactions={reactions}
            onPanel={togglePanel}
            onReactions={setReactions}
          />
        </div>
      </div>
      <ScreenPickerDialog />
      {app.files === null ? null : <FileDrop onOffer={showFiles} onOffered={offered} />}
      {panel === null ? null : (
        <SidePanel
          name={panel}
          room={room}
          call={call.id}
          onChoose={setPanel}
          onClose={closePanel}
        />
      )}
    </main>
  );
}

/** The participant who fills the stage. */
function fullParticipant(
  { mode }: ArrangedStage,
  participants: readonly Participant[],
): Participant | null {
  if (mode.kind !== 'pair' && mode.kind !== 'mini') return null;
  return participants.find(({ peer }) => peer === mode.on) ?? null;
}

/** What picture in picture shows: the stage, or the speaker of a grid. */
function largestVideo(
  { mode }: ArrangedStage,
  participants: readonly Participant[],
  speaker: TileKey | null,
): TileKey | null {
  const withVideo = participants.filter(
    ({ camera, phase }) => camera === 'on' && phase !== 'calling',
  );
  const onStage = mode.kind === 'grid' ? [] : [mode.on].flat();
  const wanted = [...onStage, speaker].find((key) => withVideo.some(({ peer }) => peer === key));
  return wanted ?? withVideo[0]?.peer ?? null;
}
