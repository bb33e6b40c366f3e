// Which of several shared screens is on the stage. The chosen one is pinned, so that a newer share
// does not take its place.

import type { KeyboardEvent } from 'react';

import type { Mode } from '../../layout/mode';
import { callTexts } from '../../text/call-texts';
import type { Participant } from '../call/participants';
import { useStageChoices } from '../call/stage-choices';
import { isModified } from '../parts/modified';
import { Sentence } from '../parts/sentence';
import { nextIndex } from '../parts/toolbar-keys';
import { screenKey } from './screens';
import styles from './screen-tile.module.css';

interface Props {
  readonly participants: readonly Participant[];
  readonly mode: Mode;
}

export function ScreenTabs({ participants, mode }: Props) {
  const { pins, togglePin } = useStageChoices();
  const sharers = participants.filter(({ screen }) => screen !== 'off');
  if (sharers.length < 2 || mode.kind !== 'screen') return null;
  const words = callTexts.share;
  const keys = sharers.map(({ peer }) => screenKey(peer));

  function choose(key: string) {
    for (const pin of pins) if (pin !== key && keys.includes(pin)) togglePin(pin);
    if (!pins.includes(key)) togglePin(key);
  }

  function pressed(event: KeyboardEvent<HTMLElement>) {
    if (mode.kind !== 'screen' || isModified(event)) return;
    const to = nextIndex(event.key, keys.indexOf(mode.on), keys.length, event.currentTarget);
    const key = to === null ? undefined : keys[to];
    if (to === null || key === undefined) return;
    event.preventDefault();
    choose(key);
    event.currentTarget.querySelectorAll('button')[to]?.focus();
  }

  return (
    <div
      role="tablist"
      aria-label={words.screens}
      className={styles['tabs']}
      onKeyDown={pressed}
      tabIndex={-1}
    >
      {sharers.map(({ peer, person }) => {
        const key = screenKey(peer);
        const isSelected = mode.on === key;
        return (
          <button
            key={peer}
            type="button"
            role="tab"
            aria-selected={isSelected}
            tabIndex={isSelected ? 0 : -1}
            className={styles['tab']}
            onClick={() => choose(key)}
          >
            <Sentence>{words.tab(person.name)}</Sentence>
            {person.needsEmail ? <bdi>{person.email}</bdi> : null}
          </button>
        );
      })}
    </div>
  );
}
