// Who is in this call: the code that all compare, and how each person is known.
//
// Invariant: an answer is about the code that is shown. It promises what docs/threat-model.md does.

import { X } from 'lucide-react';
import { useRef } from 'react';

import { standingOf } from '../../engine/identity/queries';
import { fullName, personNames } from '../../engine/person-name';
import type { State } from '../../engine/state';
import { emailsIn } from '../../engine/step-context';
import { PICTURES } from '../../engine/verification/pictures';
import { awaitedIn, codeName, peopleInCall } from '../../engine/verification/queries';
import type { Progress, Round } from '../../engine/verification/state';
import { callTexts } from '../../text/call-texts';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { IconButton } from '../parts/icon-button';
import { Notice } from '../parts/notice';
import { Sentence } from '../parts/sentence';
import { useSelected } from '../use-store';
import styles from './call-check.module.css';
import { PICTURE_ICONS } from './picture-icons';
import { StandingMark } from './standing-mark';
import { doubtWords, standingWords } from './standing-words';

type Shown = Pick<State, 'room' | 'call' | 'identity' | 'verification'>;

function shownOf({ room, call, identity, verification }: State): Shown {
  return { room, call, identity, verification };
}

export interface CallCheckProps {
  readonly onClose: () => void;
}

export function CallCheck({ onClose }: CallCheckProps) {
  const { engine, host } = useApp();
  const state = useSelected(engine, shownOf);
  const { stage } = state.verification;
  const outcome = useRef<HTMLDivElement>(null);
  const words = callTexts.verification;
  const made = stage.kind === 'round' && stage.progress.kind === 'made' ? stage.progress : null;
  return (
    <section className={styles['check']}>
      <header className={styles['header']}>
        <h2 className={styles['title']}>{texts.standing.code}</h2>
        <IconButton label={texts.parts.close} size="small" onClick={onClose}>
          <X size={18} aria-hidden />
        </IconButton>
      </header>
      {made === null ? null : (
        <>
          <p className={styles['how']}>{words.how}</p>
          <ol aria-label={words.code} className={styles['code']}>
            {made.code.map((number, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- one picture may come twice
              <PictureOf key={`${at} ${number}`} number={number} />
            ))}
          </ol>
        </>
      )}
      <div ref={outcome} tabIndex={-1} aria-live="polite" className={styles['outcome']}>
        <Outcome state={state} />
      </div>
      {stage.kind === 'round' && made !== null ? (
        // Its buttons go with the answer, and the focus would go with them.
        <Answers round={stage} made={made} onAnswered={() => outcome.current?.focus()} />
      ) : null}
      <People state={state} />
      <p className={styles['limit']}>{words.limit[host.kind]}</p>
      {state.identity.keeping === 'this-page' ? (
        <p className={styles['limit']}>{words.notKept}</p>
      ) : null}
    </section>
  );
}

function PictureOf({ number }: { readonly number: number }) {
  const picture = PICTURES[number] ?? PICTURES[0];
  const Icon = PICTURE_ICONS[picture];
  return (
    <li className={styles['picture']}>
      <Icon size={32} strokeWidth={1.75} aria-hidden />
      <span>{callTexts.verification.pictures[picture]}</span>
    </li>
  );
}

type Made = Extract<Progress, { kind: 'made' }>;

interface AnswersProps {
  readonly round: Round;
  readonly made: Made;
  readonly onAnswered: () => void;
}

function Answers({ round, made, onAnswered }: AnswersProps) {
  const { engine } = useApp();
  const words = callTexts.verification;
  if (made.answer !== 'none') return null;

  function answer(result: 'same' | 'different') {
    const code = codeName(round);
    engine.dispatch({ type: 'code-compared', code, result, at: Date.now() });
    onAnswered();
  }

  return (
    <div className={styles['answers']}>
      <Button kind="primary" size="small" onClick={() => answer('same')}>
        {words.same}
      </Button>
      <Button size="small" onClick={() => answer('different')}>
        {words.different}
      </Button>
    </div>
  );
}

/** Why there is no code, or what follows from the answer. */
function Outcome({ state }: { readonly state: Shown }) {
  const words = callTexts.verification;
  const { stage } = state.verification;
  switch (stage.kind) {
    case 'off':
      return null;
    case 'unable':
      return <Notice kind="caution">{words.unable}</Notice>;
    case 'settling':
      return <p>{words.making}</p>;
    case 'round':
      break;
  }
  switch (stage.progress.kind) {
    case 'committing':
    case 'revealing': {
      const names = namesOf(state, awaitedIn(state, stage));
      return (
        <p>{names.length === 0 ? words.making : <Sentence>{words.waiting(names)}</Sentence>}</p>
      );
    }
    case 'broken': {
      const [name = ''] = namesOf(state, [stage.progress.by]);
      return (
        <Notice kind="problem">
          <Sentence>{words.broken(name)}</Sentence>
        </Notice>
      );
    }
    case 'made':
      break;
  }
  switch (stage.progress.answer) {
    case 'none':
      return null;
    case 'same':
      return <Notice kind="fact">{words.areSame}</Notice>;
    case 'different':
      return <Notice kind="problem">{words.areDifferent}</Notice>;
  }
}

function People({ state }: { readonly state: Shown }) {
  const people = peopleInCall(state);
  if (people.kind !== 'people') return null;
  const names = namesOf(
    state,
    people.others.map(({ session }) => session),
  );
  return (
    <ul aria-label={callTexts.verification.people} className={styles['people']}>
      {people.others.map((person, index) => {
        const standing = standingOf(state.identity, person);
        return (
          <li key={person.session} className={styles['person']}>
            <bdi className={styles['name']}>{names[index]}</bdi>
            <StandingMark standing={standing} />
            <span className={styles['standing']}>
              <Sentence>
                {doubtWords(standing, names[index] ?? person.email) ?? standingWords(standing)}
              </Sentence>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Names of people in the call, with the email where two look the same. */
function namesOf(state: Shown, sessions: readonly string[]): readonly string[] {
  const people = peopleInCall(state);
  if (people.kind !== 'people' || state.room.kind !== 'inside') return [];
  const names = personNames([...emailsIn(state.room), ...people.others.map(({ email }) => email)]);
  return people.others.flatMap(({ session, email }) => {
    if (!sessions.includes(session)) return [];
    const person = names.find((each) => each.email === email);
    return [person === undefined ? email : fullName(person)];
  });
}
