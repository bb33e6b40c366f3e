// The screens and windows to choose from, each with a small picture where there is one.
//
// Invariant: pictures are taken only while this is shown.

import { AppWindow, Monitor } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';

import type { ScreenQuestion, ScreenSource, Thumbnail } from '../../ports';
import { callTexts } from '../../text/call-texts';
import styles from './source-choices.module.css';

interface Props {
  readonly question: ScreenQuestion;
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

export function SourceChoices({ question, chosen, onChoose }: Props) {
  const id = useId();
  const pictures = useRef(new Map<string, HTMLCanvasElement>());
  useEffect(
    () =>
      question.watchThumbnails((source, thumbnail) => {
        const picture = pictures.current.get(source);
        if (picture !== undefined) draw(picture, thumbnail);
      }),
    [question],
  );
  return (
    <div role="radiogroup" aria-label={callTexts.share.pickFrom} className={styles['sources']}>
      {question.sources.map((source) => (
        <label key={source.id} className={styles['source']}>
          <span className={styles['picture']}>
            <Symbol kind={source.kind} />
            <canvas
              aria-hidden
              width={0}
              height={0}
              ref={(canvas) => {
                if (canvas === null) return undefined;
                const all = pictures.current;
                all.set(source.id, canvas);
                return () => {
                  all.delete(source.id);
                };
              }}
            />
          </span>
          <span className={styles['name']}>
            <input
              type="radio"
              name={id}
              checked={source.id === chosen}
              onChange={() => onChoose(source.id)}
            />
            <span className={styles['label']}>{labelOf(source)}</span>
          </span>
        </label>
      ))}
    </div>
  );
}

function Symbol({ kind }: Pick<ScreenSource, 'kind'>) {
  return kind === 'screen' ? <Monitor aria-hidden /> : <AppWindow aria-hidden />;
}

function draw(canvas: HTMLCanvasElement, { width, height, rgba }: Thumbnail): void {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
}

function labelOf({ kind, title, width, height }: ScreenSource): string {
  return callTexts.share.source[kind](title, `${width} × ${height}`);
}
