// Layout outside a call: the own video on one side, the content on the other.

import type { ReactNode } from 'react';

import { texts } from '../../text/texts';
import { MicrophoneProblem } from '../devices/microphone-problem';
import { SelfPreview } from '../devices/self-preview';
import styles from './preview-layout.module.css';
import { TopBar } from './top-bar';

interface Props {
  readonly email: string;
  /** The accessible name of one's own picture. */
  readonly pictureName: string;
  /** What stands under the picture. */
  readonly under?: ReactNode;
  /** A panel at the end of the page, as long as it is open. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

export function PreviewLayout({ email, pictureName, under, beside = null, children }: Props) {
  return (
    <div className={styles['page']} data-beside={beside === null ? undefined : ''}>
      <TopBar />
      <main className={styles['columns']}>
        <section className={styles['self']} aria-label={texts.parts.cameraAndMicrophone}>
          <SelfPreview email={email} label={pictureName} />
          <div className={styles['problem']}>
            <MicrophoneProblem />
          </div>
          {under}
        </section>
        <section className={styles['card']}>{children}</section>
      </main>
      {beside}
    </div>
  );
}
