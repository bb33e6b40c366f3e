// A sentence with other people's text in separate elements, to contain its text direction.

import { cloneElement, Fragment, type ReactElement } from 'react';

import { partsOf } from '../../engine/sentence';

interface Props {
  /** A sentence with isolates (engine/sentence.ts). */
  readonly children: string;
  /** The element inside `bdi` that shows an isolated text. */
  readonly other?: ReactElement;
}

export function Sentence({ children, other }: Props) {
  return partsOf(children).map(({ by, text }, index) => {
    // oxlint-disable-next-line react/no-array-index-key -- the parts of one sentence have no other
    if (by === 'us') return <Fragment key={index}>{text}</Fragment>;
    const shown = other === undefined ? text : cloneElement(other, undefined, text);
    // oxlint-disable-next-line react/no-array-index-key -- the same
    return <bdi key={index}>{shown}</bdi>;
  });
}
