// What blocking somebody does and what it does not, and the button that does it.

import type { MemberId } from '../../protocol/wire';
import { blockingTexts } from '../../text/blocking-texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { Sentence } from '../parts/sentence';
import styles from './block-question.module.css';

interface Props {
  readonly member: MemberId;
  readonly name: string;
  readonly onDone: () => void;
}

export function BlockQuestion({ member, name, onDone }: Props) {
  const { engine } = useApp();
  return (
    <div className={styles['question']}>
      <p>
        <Sentence>{blockingTexts.does(name)}</Sentence>
      </p>
      <p className={styles['not']}>
        <Sentence>{blockingTexts.doesNot(name)}</Sentence>
      </p>
      <Button
        kind="stop"
        size="small"
        onClick={() => {
          engine.dispatch({ type: 'person-blocked', member });
          onDone();
        }}
      >
        {blockingTexts.blockNow}
      </Button>
    </div>
  );
}
