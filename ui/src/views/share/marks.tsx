// The pointers and lines of everybody on one shared screen, with names. They fade before they go.
//
// Invariant: only drawn, in fractions of the picture that it covers; the announcer says them.

import { useEffect, useRef } from 'react';

import type { Mark } from '../../engine/pointing/state';
import { fullName, personNames, type PersonName } from '../../engine/person-name';
import { emailsIn } from '../../engine/step-context';
import type { Fraction } from '../../engine/wire/talk/pointing';
import type { MemberId } from '../../protocol/wire';
import { callTexts } from '../../text/call-texts';
import { useApp } from '../app-context';
import { classes } from '../parts/classes';
import { useSelected } from '../use-store';
import styles from './marks.module.css';

interface Props {
  /** Who shares the screen. */
  readonly screen: MemberId;
  /** `small`: without names, which would not be readable. */
  readonly size: 'normal' | 'small';
}

/** As long as the engine shows a mark. */
const SHOWN_MS = 3000;
const FADE: Keyframe[] = [{ opacity: 1 }, { opacity: 1, offset: 0.8 }, { opacity: 0 }];
const COLOURS = 6;
/** In these parts a name is to the left of its point, and below it: a narrow picture has room there. */
const RIGHT_PART = 0.5;
const TOP_PART = 0.2;

export function Marks({ screen, size }: Props) {
  const { engine } = useApp();
  const marks = useSelected(engine, ({ pointing }) =>
    pointing.marks.filter((mark) => mark.screen === screen),
  );
  const room = useSelected(engine, (state) => state.room);
  if (room.kind !== 'inside' || marks.length === 0) return null;
  const [, ...others] = personNames(emailsIn(room));
  // The newest mark of each person carries the name.
  const newest = new Map(marks.map((mark) => [mark.by, mark.id]));
  return (
    <div className={classes(styles['marks'], styles[size])} aria-hidden>
      {marks.map((mark) => {
        const member = room.members.findIndex(({ id }) => id === mark.by);
        const isNamed = size === 'normal' && newest.get(mark.by) === mark.id;
        const name = member < 0 ? callTexts.share.you : nameOf(others[member]);
        return (
          <ShownMark
            key={mark.id}
            mark={mark}
            colour={(member + 1) % COLOURS}
            name={isNamed ? name : null}
          />
        );
      })}
    </div>
  );
}

/** With the email if another name looks the same. */
function nameOf(person: PersonName | undefined): string {
  return person === undefined ? '' : fullName(person);
}

interface ShownProps {
  readonly mark: Mark;
  readonly colour: number;
  readonly name: string | null;
}

function ShownMark({ mark, colour, name }: ShownProps) {
  const ref = useRef<HTMLDivElement>(null);
  const { change } = mark;
  useEffect(() => {
    // With reduced motion it is there, and then it is not.
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    // With each change from the beginning.
    const id = `${change}`;
    const fading = ref.current?.animate(FADE, { id, duration: SHOWN_MS, fill: 'forwards' });
    return () => fading?.cancel();
  }, [change]);

  const end = mark.kind === 'pointer' ? mark.at : mark.points.at(-1);
  return (
    <div ref={ref} className={classes(styles['mark'], styles[`colour-${colour}`])}>
      {mark.kind === 'line' ? <Line points={mark.points} /> : null}
      {end === undefined ? null : (
        <span
          className={classes(styles['end'], mark.kind === 'pointer' && styles['pointer'])}
          style={{ left: percent(end.x), top: percent(end.y) }}
          data-mark={mark.kind}
        >
          {name === null ? null : (
            <span
              className={classes(
                styles['name'],
                end.x > RIGHT_PART && styles['before'],
                end.y < TOP_PART && styles['below'],
              )}
            >
              <bdi>{name}</bdi>
            </span>
          )}
        </span>
      )}
    </div>
  );
}

function Line({ points }: { readonly points: readonly Fraction[] }) {
  const [first] = points;
  // A line of one point is a dot.
  const whole = first !== undefined && points.length === 1 ? [first, first] : points;
  const drawn = whole.map(({ x, y }) => `${x},${y}`).join(' ');
  return (
    <svg className={styles['line']} viewBox="0 0 1 1" preserveAspectRatio="none">
      <polyline className={styles['edge']} points={drawn} />
      <polyline className={styles['ink']} points={drawn} />
    </svg>
  );
}

function percent(fraction: number): string {
  return `${fraction * 100}%`;
}
