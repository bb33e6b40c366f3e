// Asks which screen or window to share, where neither engine nor system does.
//
// Invariant: who closes it shares nothing, and so does who leaves the call while it is open.

import { useEffect, useState } from 'react';

import type { ScreenPicker, ScreenQuestion } from '../../ports';
import { callTexts } from '../../text/call-texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { Modal } from '../parts/modal';
import { SwitchField } from '../parts/switch-field';
import { useStore } from '../use-store';
import { SourceChoices } from './source-choices';
import styles from './screen-picker.module.css';

export function ScreenPickerDialog() {
  const { screenPicker } = useApp().host;
  return screenPicker === null ? null : <Asked picker={screenPicker} />;
}

function Asked({ picker }: { readonly picker: ScreenPicker }) {
  const question = useStore(picker);
  useEffect(() => () => picker.get()?.answer(null), [picker]);
  return question === null ? null : <Question question={question} />;
}

function Question({ question }: { readonly question: ScreenQuestion }) {
  const { sources, audio, answer } = question;
  const app = useApp();
  const { shareAudio } = useStore(app.settings);
  const words = callTexts.share;
  const [chosen, choose] = useState(sources[0].id);
  return (
    <Modal title={words.pick} size="wide" onClose={() => answer(null)}>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          const source = sources.find(({ id }) => id === chosen);
          const isShared = audio === 'possible' && shareAudio;
          answer(
            source === undefined ? null : { source, audio: isShared ? 'shared' : 'not-shared' },
          );
        }}
      >
        <div className={styles['list']}>
          <SourceChoices question={question} chosen={chosen} onChoose={choose} />
        </div>
        {audio === 'possible' ? (
          <div className={styles['audio']}>
            <SwitchField
              label={words.withAudio}
              hint={words.withAudioHint}
              checked={shareAudio}
              onChange={(on) => app.settings.change({ shareAudio: on })}
            />
          </div>
        ) : null}
        {audio === 'no-sound-server' ? (
          <p className={styles['no-audio']}>{words.noSoundServer}</p>
        ) : null}
        <div className={styles['actions']}>
          <Button onClick={() => answer(null)}>{words.cancel}</Button>
          <Button kind="primary" type="submit">
            {words.start}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
