// The dialog with the shortcuts (`?`).

import { Modal } from '../parts/modal';
import styles from './settings-dialog.module.css';
import { ShortcutList } from './shortcut-list';

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal title="Keyboard shortcuts" size="narrow" onClose={onClose}>
      <div className={styles['single']}>
        <ShortcutList />
      </div>
    </Modal>
  );
}
