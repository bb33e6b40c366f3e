// The six reactions as buttons. The digits 1 to 6 choose while the focus is among them.

import type { KeyboardEvent } from 'react';

import { REACTIONS, type Reaction } from '../../engine/wire/talk/hands';
import { texts } from '../../text/texts';
import { Hidden } from '../parts/hidden';
import { moveInToolbar } from '../parts/toolbar-keys';
import styles from './reaction-choices.module.css';
import { ReactionPicture } from './reaction-picture';

interface Props {
  /** `at` is the time of the press. */
  readonly onChoose: (reaction: Reaction, at: number) => void;
}

export function ReactionChoices({ onChoose }: Props) {
  const words = texts.reactions;

  function pressed(event: KeyboardEvent<HTMLElement>) {
    const reaction = event.repeat ? undefined : REACTIONS[Number(event.key) - 1];
    if (reaction === undefined) return moveInToolbar(event);
    // Outside, the same digits pin people.
    event.stopPropagation();
    event.preventDefault();
    onChoose(reaction, event.timeStamp);
  }

  return (
    <div
      role="toolbar"
      aria-label={words.send}
      className={styles['choices']}
      tabIndex={-1}
      onKeyDown={pressed}
    >
      {REACTIONS.map((reaction, index) => (
        <button
          key={reaction}
          type="button"
          aria-keyshortcuts={String(index + 1)}
          title={words.names[reaction]}
          className={styles['choice']}
          onClick={({ timeStamp }) => onChoose(reaction, timeStamp)}
        >
          <ReactionPicture reaction={reaction} />
          <Hidden>{words.names[reaction]}</Hidden>
          <kbd aria-hidden className={styles['key']}>
            {index + 1}
          </kbd>
        </button>
      ))}
    </div>
  );
}
