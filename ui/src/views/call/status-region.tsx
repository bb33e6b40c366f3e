// The status region of a call, with a stable accessible name.
//
// Invariant: not a live region; the announcer announces each change once.

import { texts } from '../../text/texts';
import { Sentence } from '../parts/sentence';

interface Props {
  readonly className: string | undefined;
  /** A sentence with isolates. */
  readonly children: string;
}

export function StatusRegion({ className, children }: Props) {
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the role is part of the contract
    <p role="status" aria-label={texts.call.status.label} aria-live="off" className={className}>
      <Sentence>{children}</Sentence>
    </p>
  );
}
