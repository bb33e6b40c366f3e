// A call: stage, header, dock and side panel.
//
// Invariant: controls fade only during a call without problems, and any input shows them.

import { useCallback, useRef, useState } from 'react';

import type { State } from '../../engine/state';
import { controlSizeOf } from '../../layout/control-size';
import type { TileKey } from '../../layout/media';
import type { Size } from '../../layout/rect';
import { texts } from '../../text/texts';
import { useApp, useDialogs } from '../app-context';
import type { PanelName } from '../panel/panel';
import { hasPanel } from '../panel/panel-contents';
import { SidePanel } from '../panel/side-panel';
import { classes } from '../parts/classes';
import hidden from '../parts/hidden.module.css';
import { ScreenTitle } from '../parts/screen-title';
import type { InsideRoom } from '../room/room-view';
import { useStore } from '../use-store';
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
  const participants = participantsOf(useStore(app.engine));
  const pictures = useRef<HTMLDivElement>(null);
  const controls = useRef<HTMLDivElement>(null);
  const header = useRef<HTMLElement>(null);
  const peopleButton = useRef<HTMLButtonElement>(null);
  const moreButton = useRef<HTMLButtonElement>(null);
  const size = useElementSize(pictures);
  const over = { header: useElementBox(header), dock: useElementBox(controls) };
  const [gate] = useState(createAutoplayGate);
  const [panel, setPanel] = useState<PanelName | null>(null);
  const [ownPicture, setOwnPicture] = useState<Size | null>(null);

  const weak = useWeakPeers(participants);
  const speaking = useSpeaking(participants);
  const { speaker } = speaking;
  const status = callStatus(call.kind, participants, weak);
  const mayRest = status.mood === 'calm' && panel === null && dialogs.open === 'none';
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
  useShownVideo(arranged.tiles, participants, pictureInPicture?.isOn === true ? largest : null);

  const togglePanel = useCallback(
    (name: PanelName) => setPanel((before) => (before === name ? null : name)),
    [],
  );
  const closePanel = useCallback((by: 'keyboard' | 'pointer') => {
    setPanel(null);
    // After a pointer press, no button keeps the focus.
    if (by === 'keyboard') (peopleButton.current ?? moreButton.current)?.focus();
  }, []);
  const onConnectionDetails = hasPanel('connections') ? () => setPanel('connections') : null;
  useCallShortcuts(participants, togglePanel);
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
          room={room.roomSession.room}
          participants={participants}
          status={status}
          gate={gate}
          resting={resting}
          size={controlSize}
          full={fullParticipant(arranged, participants)}
          onConnectionDetails={onConnectionDetails}
        />
        <div ref={controls} className={styles['controls']}>
          <Dock
            size={controlSize}
            panel={panel}
            peopleButton={peopleButton}
            moreButton={moreButton}
            pictureInPicture={pictureInPicture}
            onPanel={togglePanel}
          />
        </div>
      </div>
      {panel === null ? null : (
        <SidePanel name={panel} room={room} call={call.id} onClose={closePanel} />
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
