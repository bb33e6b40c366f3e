// The region that says how the call is, by the name people's scripts and screen readers know.
//
// Invariant: it is read, never spoken by itself; the announcer speaks each change, once.

interface Props {
  readonly className: string | undefined;
  readonly children: string;
}

export function StatusRegion({ className, children }: Props) {
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the role is part of the contract
    <p role="status" aria-label="Call status" aria-live="off" className={className}>
      {children}
    </p>
  );
}
