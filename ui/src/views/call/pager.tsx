// The buttons that turn the pages of the grid, on both sides of the dock.

import { ChevronLeft, ChevronRight } from 'lucide-react';

import { texts } from '../../text/texts';
import { classes } from '../parts/classes';
import { IconButton } from '../parts/icon-button';
import styles from './pager.module.css';

interface Props {
  /** From 0. */
  readonly page: number;
  readonly pages: number;
  readonly onPage: (page: number) => void;
}

export function Pager({ page, pages, onPage }: Props) {
  const words = texts.call.pages;
  return (
    <>
      {page === 0 ? null : (
        <div className={classes(styles['turn'], styles['previous'])}>
          <IconButton label={words.previous} look="over-picture" onClick={() => onPage(page - 1)}>
            <ChevronLeft size={20} aria-hidden />
          </IconButton>
          <span aria-hidden>{words.of(page, pages)}</span>
        </div>
      )}
      {page === pages - 1 ? null : (
        <div className={classes(styles['turn'], styles['next'])}>
          <IconButton label={words.next} look="over-picture" onClick={() => onPage(page + 1)}>
            <ChevronRight size={20} aria-hidden />
          </IconButton>
          <span aria-hidden>{words.of(page + 2, pages)}</span>
        </div>
      )}
    </>
  );
}
