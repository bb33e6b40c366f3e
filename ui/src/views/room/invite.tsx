// The invite link with its copy button, and as a QR code.

import { Check, Copy, QrCode } from 'lucide-react';
import { useCallback, useEffect, useId, useState } from 'react';

import type { RoomSession } from '../../engine/state';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { OwnRelay } from '../relay/own-relay';
import { Button } from '../parts/button';
import { IconButton } from '../parts/icon-button';
import { LazyPart } from '../parts/lazy-part';
import styles from './invite.module.css';

const loadCode = async () => (await import('./invite-code')).InviteCode;

type Copying = 'not-yet' | 'copied' | 'refused';

interface Props {
  readonly roomSession: Pick<RoomSession, 'room' | 'relay' | 'sealed'>;
  /** Whether to offer sharing of the app's own relay. */
  readonly sharing: 'offered' | 'elsewhere';
}

export function Invite({ roomSession, sharing }: Props) {
  const { host } = useApp();
  const { room, relay, sealed } = roomSession;
  const secret = sealed?.secret ?? null;
  const end = secret === null ? '' : `#${secret}`;
  const [link, setLink] = useState<string | null>(null);
  const [copying, setCopying] = useState<Copying>('not-yet');
  const [code, setCode] = useState<'hidden' | 'shown'>('hidden');
  const id = useId();

  const load = useCallback(() => {
    host.inviteLink(room, relay).then(
      (made) => setLink(made + end),
      () => setLink(null),
    );
  }, [host, room, relay, end]);
  useEffect(load, [load]);

  async function copy() {
    if (link === null) return;
    try {
      await host.copy(link);
      setCopying('copied');
    } catch {
      setCopying('refused');
    }
  }

  if (link === null) return null;
  return (
    <div className={styles['invite']}>
      <label htmlFor={id} className={styles['label']}>
        {texts.room.invite.link}
      </label>
      <div className={styles['row']}>
        <input
          id={id}
          className={styles['link']}
          readOnly
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button onClick={() => void copy()}>
          {copying === 'copied' ? <Check size={18} aria-hidden /> : <Copy size={18} aria-hidden />}
          {texts.room.invite.copy}
        </Button>
        <IconButton
          label={texts.room.invite.showCode}
          aria-expanded={code === 'shown'}
          className={styles['code-button']}
          onClick={() => setCode(code === 'shown' ? 'hidden' : 'shown')}
        >
          <QrCode size={18} aria-hidden />
        </IconButton>
      </div>
      {code === 'shown' ? <LazyPart load={loadCode} of={{ link }} /> : null}
      <p className={styles['outcome']} aria-live="polite">
        {outcome(copying)}
      </p>
      {sharing === 'offered' && host.ownRelay !== null && relay.kind === 'this-computer' ? (
        <OwnRelay relay={host.ownRelay} onShared={load} />
      ) : null}
    </div>
  );
}

function outcome(copying: Copying): string {
  switch (copying) {
    case 'not-yet':
      return '';
    case 'copied':
      return texts.room.invite.copied;
    case 'refused':
      return texts.room.invite.refused;
  }
}
