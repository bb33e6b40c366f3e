// Where received files go, and the way to another folder. Nothing where the browser saves them.

import { FolderOpen } from 'lucide-react';
import { useEffect, useState } from 'react';

import { visibleText } from '../../engine/untrusted-text';
import type { FilesFolder, FilesFolderPort } from '../../ports';
import { ProblemError } from '../../problem-error';
import { fileTexts } from '../../text/file-texts';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import styles from './folder-choice.module.css';

export function FolderChoice() {
  const { filesFolder } = useApp().host;
  return filesFolder === null ? null : <Choice port={filesFolder} />;
}

function Choice({ port }: { readonly port: FilesFolderPort }) {
  const [place, setPlace] = useState<FilesFolder | null>(null);
  const [asking, setAsking] = useState<'idle' | 'asking'>('idle');
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    let isShown = true;
    port.current().then(
      (answer) => isShown && setPlace(answer),
      (error: unknown) => isShown && setProblem(words(error)),
    );
    return () => {
      isShown = false;
    };
  }, [port]);

  function ask(question: () => Promise<FilesFolder>) {
    if (asking === 'asking') return;
    setAsking('asking');
    setProblem(null);
    question()
      .then(setPlace, (error: unknown) => setProblem(words(error)))
      .finally(() => setAsking('idle'));
  }

  return (
    <fieldset className={styles['choice']}>
      <legend className={styles['label']}>{fileTexts.folder}</legend>
      {place === null ? null : (
        <p className={styles['path']}>
          {place.path === '' ? fileTexts.folderUnknown : <bdi>{visibleText(place.path)}</bdi>}
        </p>
      )}
      <div className={styles['actions']}>
        <Button
          size="small"
          aria-disabled={asking === 'asking'}
          onClick={() => ask(() => port.choose())}
        >
          <FolderOpen size={16} aria-hidden />
          {fileTexts.chooseFolder}
        </Button>
        {place?.folder === 'chosen' ? (
          <Button size="small" kind="quiet" onClick={() => ask(() => port.reset())}>
            {fileTexts.downloadsAgain}
          </Button>
        ) : null}
      </div>
      {problem === null ? null : (
        <Notice kind="problem" live="polite">
          {problem}
        </Notice>
      )}
    </fieldset>
  );
}

function words(error: unknown): string {
  return error instanceof ProblemError ? texts.problem(error.reason) : fileTexts.folderNoAnswer;
}
