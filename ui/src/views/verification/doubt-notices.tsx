// What has to be said of people whose identity is not the one that was known. It stays as long as
// they are here. The engine announces it.

import { isLoud, standingOf, type Standing } from '../../engine/identity/queries';
import { fullName, personNames } from '../../engine/person-name';
import type { State } from '../../engine/state';
import { emailsIn } from '../../engine/step-context';
import type { MemberId } from '../../protocol/wire';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { Sentence } from '../parts/sentence';
import { useSelected } from '../use-store';
import { doubtWords } from './standing-words';

/** In a room: one for each person, with what to do. */
export function DoubtNotices() {
  const doubtful = useSelected(useApp().engine, doubtfulPeople);
  return doubtful.map(({ id, name, standing }) => (
    <Notice key={id} kind="problem">
      <Sentence>{doubtWords(standing, name) ?? ''}</Sentence>
    </Notice>
  ));
}

/** In a call, over pictures: one without names, as their marks and the check say who. */
export function DoubtNotice({ onCheck }: { readonly onCheck: () => void }) {
  const { engine } = useApp();
  const doubtful = useSelected(engine, (state) => doubtfulPeople(state).length);
  const canCheck = useSelected(engine, ({ verification }) => verification.stage.kind !== 'off');
  if (doubtful === 0) return null;
  const words = texts.standing;
  return (
    <Notice
      kind="problem"
      action={
        canCheck ? (
          <Button size="small" onClick={onCheck}>
            {words.checkNow}
          </Button>
        ) : null
      }
    >
      {words.notTheOnes(doubtful)}
    </Notice>
  );
}

interface DoubtfulPerson {
  readonly id: MemberId;
  readonly name: string;
  readonly standing: Standing;
}

function doubtfulPeople({ room, identity }: State): readonly DoubtfulPerson[] {
  if (room.kind !== 'inside') return [];
  const [, ...names] = personNames(emailsIn(room));
  const people = room.members.map(({ id, email, status }, index): DoubtfulPerson => {
    const person = names[index];
    const name = person === undefined ? email : fullName(person);
    return { id, name, standing: standingOf(identity, { email, session: status.session }) };
  });
  return people.filter(({ standing }) => isLoud(standing));
}
