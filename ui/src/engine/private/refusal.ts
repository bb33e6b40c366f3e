// Why something that claims to be of a private room is dropped. Each reason is counted.

export type Refusal =
  /** No box: not sealed, or not in its one form. */
  | 'unsealed'
  /** Of a suite that this page does not know. */
  | 'suite'
  /** It does not open: of another key, room, type, sender or receiver, or changed. */
  | 'unopened'
  /** It opens, but its content is not in its one form. */
  | 'malformed'
  /** A signature that is not of its key, or a key of small order. */
  | 'unsigned'
  /** Not of the member that sends it, or with a session that is not of its key. */
  | 'not-its-own'
  /** A counter that is not above the last one. */
  | 'repeated'
  /** Of a member whose status has not been opened yet. */
  | 'unknown-sender'
  /** Of a member that was removed, or about who is inside from one that is not. */
  | 'outside'
  /** More members than a room has. */
  | 'too-many';

export type Opened<T> = { readonly opened: T } | { readonly refused: Refusal };

export function refused(reason: Refusal): { readonly refused: Refusal } {
  return { refused: reason };
}
