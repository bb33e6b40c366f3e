// The dialog with the shortcuts (`?`).

import { texts } from '../../text/texts';
import { Modal } from '../parts/modal';
import styles from './settings-dialog.module.css';
import { ShortcutList } from './shortcut-list';

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal title={texts.parts.shortcuts} size="narrow" onClose={onClose}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- arrow keys scroll a long list */}
      <div className={styles['single']} tabIndex={0}>
        <ShortcutList />
      </div>
    </Modal>
  );
}
