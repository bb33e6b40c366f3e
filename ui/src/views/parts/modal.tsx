// The frame of all dialogs: backdrop, title, close button, focus trap.

import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useRef, type ReactNode } from 'react';

import { texts } from '../../text/texts';
import { classes } from './classes';
import { IconButton } from './icon-button';
import styles from './modal.module.css';

interface Props {
  readonly title: string;
  readonly size: 'narrow' | 'wide';
  readonly children: ReactNode;
  readonly onClose: () => void;
}

export function Modal({ title, size, children, onClose }: Props) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles['backdrop']} />
        <Dialog.Viewport className={styles['viewport']}>
          <Dialog.Popup
            ref={popup}
            data-modal
            // The frame takes the focus: a focused button would open its tooltip over the title.
            initialFocus={popup}
            className={classes(styles['popup'], styles[size])}
            // After a pointer press, no button keeps the focus.
            finalFocus={(how) => how === 'keyboard' || how === ''}
          >
            <header className={styles['header']}>
              <Dialog.Title className={styles['title']}>{title}</Dialog.Title>
              <IconButton label={texts.parts.close} size="small" onClick={onClose}>
                <X size={18} aria-hidden />
              </IconButton>
            </header>
            {children}
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
