// Notices about less data: the offer on a bad line, and that pictures are off.

import { callTexts } from '../../text/call-texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { Passing } from '../parts/passing';
import { useSelected } from '../use-store';
import styles from './data-use-notices.module.css';

export function DataUseNotices() {
  const { engine } = useApp();
  const { shown, dataUse, keptDataUse } = useSelected(engine, (state) => ({
    shown: state.dataOffer.shown,
    dataUse: state.budget.dataUse,
    keptDataUse: state.keptDataUse,
  }));
  const words = callTexts.dataUse;

  if (shown !== null) {
    return (
      <Notice
        kind="caution"
        live="polite"
        action={
          <span className={styles['actions']}>
            <Button
              size="small"
              kind="primary"
              onClick={() => engine.dispatch({ type: 'data-use-chosen', dataUse: shown })}
            >
              {shown === 'saving' ? words.saveData : words.audioOnly}
            </Button>
            <Button size="small" onClick={() => engine.dispatch({ type: 'data-offer-dismissed' })}>
              {words.notNow}
            </Button>
          </span>
        }
      >
        {words.offer[shown]}
      </Notice>
    );
  }
  if (dataUse !== 'audio-only') return null;
  return (
    <Passing>
      <Notice
        kind="fact"
        live="polite"
        action={
          <Button
            size="small"
            onClick={() => engine.dispatch({ type: 'data-use-chosen', dataUse: keptDataUse })}
          >
            {words.showPictures}
          </Button>
        }
      >
        {words.isAudioOnly}
      </Notice>
    </Passing>
  );
}
