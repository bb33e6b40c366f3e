// Shows for a moment what happens to people and no screen shows by itself.
//
// Invariant: at most two at a time, and none goes while somebody points at it or has the focus in
// it. It is read, never spoken by itself; the announcer speaks each, once.

import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { useEffect } from 'react';

import { useApp } from '../app-context';
import { classes } from './classes';
import { Sentence } from './sentence';
import styles from './toaster.module.css';

export const TOAST_MS = 5000;
export const MOST_TOASTS = 2;

/** `over` is what they lie on: a call has its controls at its foot. */
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
        className={classes(styles['toasts'], over === 'call' && styles['over-call'])}
      >
        {toasts.map((toast) => (
          <Toast.Root
            key={toast.id}
            toast={toast}
            // A sentence that comes and goes, not a dialog to be answered.
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
                aria-label="Close notification"
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
