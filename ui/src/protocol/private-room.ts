// The room names of private rooms, as the relay knows them.
//
// Invariant: such a name without its secret is no room, so no link that was cut and no typed name leads
// to an open room of the same name.

const NAME = /^(?:private|passcode)-[0-9a-f]{32}$/iu;

export function isPrivateRoom(room: string): boolean {
  return NAME.test(room);
}
