// The region that says how the call is, by the name people's scripts and screen readers know.
//
// Invariant: it is read, never spoken by itself; the announcer speaks each change, once.

import { Sentence } from '../parts/sentence';

interface Props {
  readonly className: string | undefined;
  /** A sentence with isolates. */
  readonly children: string;
}

export function StatusRegion({ className, children }: Props) {
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the role is part of the contract
    <p role="status" aria-label="Call status" aria-live="off" className={className}>
      <Sentence>{children}</Sentence>
    </p>
  );
}
