// A sentence with other people's text in separate elements, to contain its text direction.

import { Fragment } from 'react';

import { partsOf } from '../../engine/sentence';

/** `children` is a sentence with isolates (engine/sentence.ts). */
export function Sentence({ children }: { readonly children: string }) {
  return partsOf(children).map(({ by, text }, index) => {
    // oxlint-disable-next-line react/no-array-index-key -- the parts of one sentence have no other
    return by === 'us' ? <Fragment key={index}>{text}</Fragment> : <bdi key={index}>{text}</bdi>;
  });
}
