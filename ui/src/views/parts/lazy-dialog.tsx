// A dialog that loads its code when first opened.
//
// Invariant: a failed load is shown in place of the dialog; the screen below stays.

import { useEffect, useState, type ComponentType } from 'react';

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from './button';
import styles from './lazy-dialog.module.css';
import { Modal } from './modal';

interface DialogProps {
  readonly onClose: () => void;
}

interface Props extends DialogProps {
  readonly title: string;
  readonly load: () => Promise<ComponentType<DialogProps>>;
}

type Loaded =
  | { readonly kind: 'loading' | 'failed' }
  | { readonly kind: 'there'; readonly Dialog: ComponentType<DialogProps> };

export function LazyDialog({ title, load, onClose }: Props) {
  const { engine } = useApp();
  const [loaded, setLoaded] = useState<Loaded>({ kind: 'loading' });
  useEffect(() => {
    let open = true;
    load().then(
      (Dialog) => (open ? setLoaded({ kind: 'there', Dialog }) : undefined),
      () => {
        if (!open) return;
        setLoaded({ kind: 'failed' });
        // The page reloads automatically if it interrupts nothing (public/load-failure.js).
        if (engine.get().room.kind === 'outside') dispatchEvent(new Event('snug:load-failed'));
      },
    );
    return () => {
      open = false;
    };
  }, [engine, load]);

  switch (loaded.kind) {
    case 'loading':
      return null;
    case 'there':
      return <loaded.Dialog onClose={onClose} />;
    case 'failed':
      return (
        <Modal title={title} size="narrow" onClose={onClose}>
          <div className={styles['body']} role="alert">
            <p>{texts.parts.loadFailed}</p>
            <Button kind="primary" onClick={() => location.reload()}>
              {texts.parts.reload}
            </Button>
          </div>
        </Modal>
      );
  }
}
