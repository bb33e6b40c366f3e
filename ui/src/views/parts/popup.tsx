// A popup at its button: on a small stage a sheet at the foot of the screen.
//
// Invariant: closing it by keyboard gives the focus back to the button; after a pointer press no
// button keeps the focus.

import { Dialog } from '@base-ui/react/dialog';
import { Popover } from '@base-ui/react/popover';
import type { ReactElement, ReactNode, RefObject } from 'react';

import { classes } from './classes';
import styles from './popup.module.css';

interface Props {
  readonly form: 'popup' | 'sheet';
  /** The accessible name. */
  readonly label: string;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** The button; it gets what it needs to open the popup. Null if others open it. */
  readonly trigger: ReactElement | null;
  /** Where the popup stands, if not at its button. */
  readonly anchor?: RefObject<HTMLElement | null>;
  readonly side?: 'top' | 'bottom';
  readonly align?: 'start' | 'center' | 'end';
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

type Interaction = 'mouse' | 'touch' | 'pen' | 'keyboard' | '';

const byKeyboard = (how: Interaction): boolean => how === 'keyboard' || how === '';

export function Popup({ form, label, open, onOpenChange, trigger, children, ...place }: Props) {
  const { anchor, side = 'bottom', align = 'center', className } = place;
  if (form === 'sheet') {
    return (
      <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
        {trigger === null ? null : <Dialog.Trigger render={trigger} />}
        <Dialog.Portal>
          <Dialog.Backdrop className={styles['backdrop']} />
          <Dialog.Popup
            aria-label={label}
            finalFocus={byKeyboard}
            className={classes(styles['sheet'], className)}
          >
            {children}
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    );
  }
  return (
    <Popover.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      {trigger === null ? null : <Popover.Trigger render={trigger} />}
      <Popover.Portal>
        <Popover.Positioner
          side={side}
          align={align}
          sideOffset={8}
          collisionPadding={8}
          anchor={anchor}
          className={styles['positioner']}
        >
          <Popover.Popup
            aria-label={label}
            finalFocus={byKeyboard}
            className={classes(styles['popup'], className)}
          >
            {children}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
