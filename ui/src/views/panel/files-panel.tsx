// The files panel of a call: offer files, and see those on their way.

import { ArrowDownToLine, ArrowUpFromLine, Paperclip, X } from 'lucide-react';
import { useId, useRef, type ChangeEvent } from 'react';

import type { FilesApp } from '../../app';
import { isBlockedIn } from '../../engine/blocking/queries';
import type { FilesState, Receiving, Sending } from '../../engine/files/state';
import { visibleText } from '../../engine/untrusted-text';
import { fileTexts } from '../../text/file-texts';
import { useApp } from '../app-context';
import { participantsOf, type Participant } from '../call/participants';
import { useStageChoices } from '../call/stage-choices';
import {
  receivingStatus,
  sendingStatus,
  type TransferAction,
  type TransferStatus,
} from '../files/transfer-status';
import { useFiles, useFilesState } from '../files/use-files';
import { useSendFiles } from '../files/use-send-files';
import { ReceiveFiles } from '../files/receive-files';
import { Button } from '../parts/button';
import { classes } from '../parts/classes';
import { IconButton } from '../parts/icon-button';
import { Sentence } from '../parts/sentence';
import { useSelected } from '../use-store';
import { displayName } from '../../engine/person-name';
import { isolate } from '../../engine/sentence';
import styles from './files-panel.module.css';

export function FilesPanel() {
  const app = useApp();
  const files = useFiles();
  const state = useFilesState(files);
  const participants = useSelected(app.engine, participantsOf);
  const nameOf = (email: string): string =>
    participants.find((one) => one.email === email)?.name ?? displayName(email);
  const roomSession = useSelected(app.engine, ({ room }) =>
    room.kind === 'inside' ? room.roomSession : null,
  );
  // Of blocked people, what was accepted before goes on.
  const receiving = state.receiving.filter(
    ({ state: { kind }, person }) =>
      kind !== 'offered' || roomSession === null || !isBlockedIn(roomSession, person.session),
  );
  const isEmpty = state.sending.length + receiving.length === 0;

  return (
    <>
      <Offering files={files} participants={participants} />
      {isEmpty ? (
        <p className={styles['quiet']}>{fileTexts.none}</p>
      ) : (
        <ul aria-label={fileTexts.list} className={styles['list']}>
          {receiving.toReversed().map((one) => (
            <Row
              key={one.transfer}
              transfer={one}
              direction="in"
              name={nameOf(one.person.email)}
              state={state}
              files={files}
            />
          ))}
          {state.sending.toReversed().map((one) => (
            <Row
              key={one.transfer}
              transfer={one}
              direction="out"
              name={nameOf(one.person.email)}
              state={state}
              files={files}
            />
          ))}
        </ul>
      )}
      <ReceiveFiles />
    </>
  );
}

/** No peer has this id. */
const EVERYBODY = 'everybody';

interface OfferingProps {
  readonly files: FilesApp | null;
  readonly participants: readonly Participant[];
}

function Offering({ files, participants }: OfferingProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const send = useSendFiles();
  const { peers } = useFilesState(files);
  const { recipient, chooseRecipient } = useStageChoices();
  const reachable = participants.filter((one) => peers.some(({ peer }) => peer === one.peer));
  const chosenHere = reachable.find(({ peer }) => peer === recipient)?.peer ?? EVERYBODY;

  function chosen(event: ChangeEvent<HTMLInputElement>) {
    send([...(event.currentTarget.files ?? [])]);
    // The same file can be chosen again.
    event.currentTarget.value = '';
  }

  if (reachable.length === 0) return <p className={styles['quiet']}>{fileTexts.nobody}</p>;
  return (
    <div className={styles['offering']}>
      {reachable.length < 2 ? null : (
        <div className={styles['to']}>
          <label htmlFor={id}>{fileTexts.to}</label>
          <select
            id={id}
            className={styles['select']}
            value={chosenHere}
            onChange={({ currentTarget: { value } }) =>
              chooseRecipient(value === EVERYBODY ? null : value)
            }
          >
            <option value={EVERYBODY}>{fileTexts.everybody}</option>
            {reachable.map(({ peer, name }) => (
              <option key={peer} value={peer}>
                {isolate(name)}
              </option>
            ))}
          </select>
        </div>
      )}
      <Button kind="primary" onClick={() => input.current?.click()}>
        <Paperclip size={18} aria-hidden />
        {fileTexts.attach}
      </Button>
      <input ref={input} type="file" multiple hidden data-files="" onChange={chosen} />
      <p className={styles['quiet']}>{fileTexts.hint}</p>
    </div>
  );
}

interface RowProps {
  readonly transfer: Sending | Receiving;
  readonly direction: 'in' | 'out';
  readonly name: string;
  readonly state: FilesState;
  readonly files: FilesApp | null;
}

function Row({ transfer, direction, name, state, files }: RowProps) {
  const id = useId();
  const { file } = transfer;
  const status =
    'wrong' in transfer
      ? receivingStatus(transfer, name, state)
      : sendingStatus(transfer, name, state);
  const Icon = direction === 'in' ? ArrowDownToLine : ArrowUpFromLine;
  const words = direction === 'in' ? fileTexts.fromPerson(name) : fileTexts.toPerson(name);

  return (
    <li className={styles['row']}>
      <Icon size={18} aria-hidden className={styles['icon']} />
      <div className={styles['what']}>
        <p id={id} className={styles['name']}>
          <bdi>{visibleText(file.name)}</bdi>
        </p>
        <p className={styles['quiet']}>
          <Sentence>{words}</Sentence> · {fileTexts.size(file.size)}
        </p>
      </div>
      {status.share === null ? null : <ProgressBar share={status.share} name={id} />}
      <p className={classes(styles['status'], styles[status.mood])}>
        <Sentence>{status.sentence}</Sentence>
      </p>
      <Actions status={status} described={id} onPress={(action) => act(files, transfer, action)} />
    </li>
  );
}

function act(files: FilesApp | null, transfer: Sending | Receiving, action: TransferAction): void {
  if (action === 'save') return files?.save(transfer.transfer);
  const isOffer = transfer.state.kind === 'offered' && 'wrong' in transfer;
  const pressed = action === 'resume' && isOffer ? 'accept' : action;
  files?.dispatch({
    type: `file-${pressed}-pressed`,
    at: performance.now(),
    transfer: transfer.transfer,
  });
}

function ProgressBar({ share, name }: { readonly share: number; readonly name: string }) {
  return (
    <progress
      aria-label={fileTexts.progress}
      aria-describedby={name}
      max={100}
      value={Math.floor(100 * share)}
      className={styles['progress']}
    />
  );
}

const PRIMARY: readonly TransferAction[] = ['accept', 'resume'];

interface ActionsProps {
  readonly status: TransferStatus;
  /** The id of the file's name. */
  readonly described: string;
  readonly onPress: (action: TransferAction) => void;
}

function Actions({ status, described, onPress }: ActionsProps) {
  const last = status.actions.includes('remove');
  const buttons = status.actions.filter((action) => action !== 'remove');
  return (
    <>
      {last ? (
        <IconButton
          label={fileTexts.remove}
          size="small"
          className={styles['remove']}
          aria-describedby={described}
          onClick={() => onPress('remove')}
        >
          <X size={16} aria-hidden />
        </IconButton>
      ) : null}
      {buttons.length === 0 ? null : (
        <div className={styles['actions']}>
          {buttons.map((action, index) => (
            <Button
              key={action}
              kind={index === 0 && PRIMARY.includes(action) ? 'primary' : 'plain'}
              size="small"
              aria-describedby={described}
              onClick={() => onPress(action)}
            >
              {fileTexts[action]}
            </Button>
          ))}
        </div>
      )}
    </>
  );
}
