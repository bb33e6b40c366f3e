// Toasts for changes that no screen shows.
//
// Invariant: at most two at a time; none closes under the pointer or with the focus. Not a live
// region; the announcer announces each once.

import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { useEffect } from 'react';

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { classes } from './classes';
import { Sentence } from './sentence';
import styles from './toaster.module.css';

export const TOAST_MS = 5000;
export const MOST_TOASTS = 2;

/** `over` is the screen below: a call has controls at the bottom. */
export function Toaster({ over }: { readonly over: 'page' | 'call' }) {
  const { announcement } = useApp();
  const { toasts, add } = Toast.useToastManager<{ sentence: string }>();

  useEffect(
    () =>
      announcement.subscribe(() => {
        const { text, shown } = announcement.get();
        if (shown === 'as-toast') add({ data: { sentence: text } });
      }),
    [announcement, add],
  );

  return (
    <Toast.Portal>
      <Toast.Viewport
        aria-live="off"
        aria-label={texts.parts.notifications}
        data-region={toasts.length > 0 ? 'notifications' : undefined}
        className={classes(styles['toasts'], over === 'call' && styles['over-call'])}
      >
        {toasts.map((toast) => (
          <Toast.Root
            key={toast.id}
            toast={toast}
            // A transient sentence, not a dialog.
            // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the library makes the element
            role="group"
            aria-modal={undefined}
            swipeDirection={['left', 'right', 'down']}
            className={styles['toast']}
          >
            <Toast.Content className={styles['content']}>
              <Toast.Description className={styles['words']}>
                <Sentence>{toast.data?.sentence ?? ''}</Sentence>
              </Toast.Description>
              <Toast.Close
                aria-label={texts.parts.closeNotification}
                aria-hidden={false}
                className={styles['close']}
              >
                <X size={16} aria-hidden />
              </Toast.Close>
            </Toast.Content>
          </Toast.Root>
        ))}
      </Toast.Viewport>
    </Toast.Portal>
  );
}
