// The dialog of a ringing call: caller, room, Accept and Decline.
//
// Invariant: the dialog itself has the focus, so a stray key neither accepts nor declines; only the
// buttons for an answer close it.

import { Dialog } from '@base-ui/react/dialog';
import { Bell, BellOff, Phone, PhoneOff, VideoOff } from 'lucide-react';
import { useRef } from 'react';

import { personNames } from '../../engine/person-name';
import type { Ring } from '../../engine/state';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Avatar } from '../parts/avatar';
import { Button } from '../parts/button';
import { Sentence } from '../parts/sentence';
import { useStore } from '../use-store';
import styles from './incoming-dialog.module.css';

interface Props {
  readonly rings: readonly [Ring, ...Ring[]];
  readonly room: string;
  /** All emails in the room, to find names that look the same. */
  readonly present: readonly string[];
  /** Whether a call is active, and the member asks to come into it by a connection of its own. */
  readonly isAdmission: boolean;
}

export function IncomingDialog({ rings, room, present, isAdmission }: Props) {
  const app = useApp();
  const { ring: audible } = useStore(app.settings);
  const popup = useRef<HTMLDivElement>(null);
  const caller = rings[0].email;
  const emails = present.includes(caller) ? present : [...present, caller];
  const { name, email } = personNames(emails)[emails.indexOf(caller)] ?? {
    name: caller,
    email: caller,
  };
  const others = rings.length - 1;
  const RingIcon = audible ? Bell : BellOff;

  return (
    <Dialog.Root open disablePointerDismissal>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles['backdrop']} />
        <Dialog.Viewport className={styles['viewport']}>
          <Dialog.Popup
            ref={popup}
            initialFocus={popup}
            aria-label={texts.incoming.title}
            className={styles['popup']}
          >
            <Dialog.Title className={styles['title']}>{texts.incoming.title}</Dialog.Title>
            <span className={styles['picture']}>
              <Avatar email={caller} size="large" />
            </span>
            <Dialog.Description render={<div />} className={styles['who']}>
              <bdi className={styles['name']}>{name}</bdi>
              {name === email ? null : <bdi className={styles['email']}>{email}</bdi>}
              <span className={styles['room']}>
                <Sentence>{texts.incoming.room(room, others)}</Sentence>
              </span>
            </Dialog.Description>
            {isAdmission ? (
              <p className={styles['warning']}>
                <Sentence>{texts.incoming.asksToComeIn(name)}</Sentence>
              </p>
            ) : null}
            <div className={styles['buttons']}>
              <Button
                kind="stop"
                size="large"
                onClick={() => app.engine.dispatch({ type: 'decline-pressed' })}
              >
                <PhoneOff size={20} aria-hidden />
                {texts.incoming.decline}
              </Button>
              <Button
                kind="go"
                size="large"
                onClick={() => app.engine.dispatch({ type: 'accept-pressed' })}
              >
                <Phone size={20} aria-hidden />
                {texts.incoming.accept}
              </Button>
            </div>
            {isAdmission ? null : (
              <Button
                kind="plain"
                onClick={() => app.engine.dispatch({ type: 'accept-pressed', camera: 'off' })}
              >
                <VideoOff size={18} aria-hidden />
                {texts.incoming.acceptWithoutCamera}
              </Button>
            )}
            <Button
              kind="quiet"
              size="small"
              onClick={() => app.settings.change({ ring: !audible })}
            >
              <RingIcon size={16} aria-hidden />
              {audible ? texts.incoming.muteRing : texts.incoming.unmuteRing}
            </Button>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
