// The stage: the tiles of a call where the layout puts them.
//
// Invariant: a tile keeps its place in the document in every layout, so its audio continues.

import { captionInsets } from '../../layout/caption';
import { SELF, type TileKey } from '../../layout/media';
import type { Size } from '../../layout/rect';
import type { MemberId } from '../../protocol/wire';
import { texts } from '../../text/texts';
import type { AutoplayGate } from './autoplay-gate';
import { ScreenTile } from '../share/screen-tile';
import { screenKey } from '../share/screens';
import { CornerHandle, useDrag } from './corner-handle';
import { Pager } from './pager';
import type { Participant } from './participants';
import { rectStyle } from './rect-style';
import { RemoteTile } from './remote-tile';
import { SelfTile } from './self-tile';
import styles from './stage.module.css';
import type { ArrangedStage } from './use-arrangement';

interface Props {
  readonly email: string;
  readonly member: MemberId;
  /** The number of the own turn; null while the own hand is down. */
  readonly turn: number | null;
  readonly participants: readonly Participant[];
  readonly weak: ReadonlySet<TileKey>;
  /** Keys of those who talk now. */
  readonly talking: readonly TileKey[];
  readonly gate: AutoplayGate;
  readonly size: Size;
  readonly arranged: ArrangedStage;
  readonly onOwnPicture: (picture: Size | null) => void;
  readonly onConnectionDetails: ((peer: TileKey) => void) | null;
}

export function Stage({
  email,
  member,
  turn,
  participants,
  weak,
  talking,
  gate,
  size,
  ...rest
}: Props) {
  const { arranged, onOwnPicture, onConnectionDetails } = rest;
  const { tiles, mode, page, pages, more, corner, setCorner, showPage } = arranged;
  const drag = useDrag(size, setCorner);
  const own = tiles.find(({ key }) => key === SELF);
  const isRinged = participants.length > 1 && mode.kind !== 'mini';

  return (
    <div className={styles['stage']}>
      {participants.map((participant, index) => {
        const tile = tiles.find(({ key }) => key === participant.peer);
        return tile === undefined ? null : (
          <RemoteTile
            key={participant.peer}
            participant={participant}
            tile={tile}
            caption={captionInsets(tile.rect, own?.place === 'corner' ? own.rect : null)}
            number={index + 1}
            connection={weak.has(participant.peer) ? 'weak' : 'good'}
            isSpeaking={isRinged && talking.includes(participant.peer)}
            gate={gate}
            onConnectionDetails={onConnectionDetails}
          />
        );
      })}
      {participants.map((participant) => {
        const key = screenKey(participant.peer);
        const tile = tiles.find((one) => one.key === key);
        return tile === undefined ? null : (
          <ScreenTile key={key} participant={participant} tile={tile} gate={gate} />
        );
      })}
      {own === undefined ? null : (
        <SelfTile
          email={email}
          member={member}
          turn={turn}
          tile={drag.moved(own)}
          isDragged={drag.isDragging}
          isSpeaking={isRinged && talking.includes(SELF)}
          onPicture={onOwnPicture}
        >
          {own.place === 'corner' ? (
            <CornerHandle corner={corner} onCorner={setCorner} drag={drag} rect={own.rect} />
          ) : null}
        </SelfTile>
      )}
      {mode.kind === 'grid' && pages > 1 ? (
        <Pager page={page} pages={pages} onPage={showPage} />
      ) : null}
      {more === null ? null : (
        <button
          type="button"
          aria-label={texts.call.pages.showMore(more.count)}
          className={styles['more']}
          style={rectStyle(more.rect)}
          onClick={() => showPage((page + 1) % pages)}
        >
          {texts.call.pages.more(more.count)}
        </button>
      )}
    </div>
  );
}
