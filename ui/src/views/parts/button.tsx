// A text button in its variants.

import type { ComponentProps } from 'react';

import styles from './button.module.css';
import { classes } from './classes';

export type ButtonKind = 'primary' | 'go' | 'stop' | 'plain' | 'quiet';

interface Props extends ComponentProps<'button'> {
  readonly kind?: ButtonKind;
  readonly size?: 'normal' | 'small' | 'large';
}

export function Button({ kind = 'plain', size = 'normal', className, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(styles['button'], styles[kind], styles[size], className)}
    />
  );
}
