// A round icon button: its label is the accessible name and the tooltip.
//
// Invariant: after a pointer press it drops the focus, so that Space stays push to talk and
// controls can fade; the keyboard keeps the focus. `aria-disabled` keeps it too; `disabled` would
// reach the tooltip only.

import { Tooltip } from '@base-ui/react/tooltip';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';

import { classes } from './classes';
import styles from './icon-button.module.css';

interface Props extends Omit<ComponentProps<'button'>, 'aria-label' | 'disabled'> {
  readonly label: string;
  /** The shortcut, shown beside the name. */
  readonly shortcut?: string;
  readonly look?: 'plain' | 'over-picture' | 'in-dock' | 'chevron' | 'open' | 'off' | 'stop';
  readonly size?: 'small' | 'normal' | 'dock';
  readonly children: ReactNode;
}

export function IconButton({
  label,
  shortcut,
  look = 'plain',
  size = 'normal',
  className,
  onClick,
  children,
  ...rest
}: Props) {
  function pressed(event: MouseEvent<HTMLButtonElement>) {
    if (event.detail > 0) event.currentTarget.blur();
    onClick?.(event);
  }

  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        type="button"
        {...rest}
        aria-label={label}
        aria-keyshortcuts={shortcut}
        onClick={pressed}
        className={classes(styles['button'], styles[look], styles[size], className)}
      >
        {children}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={8} className={styles['positioner']}>
          <Tooltip.Popup className={styles['tooltip']}>
            {label}
            {shortcut === undefined ? null : <kbd className={styles['key']}>{shortcut}</kbd>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
