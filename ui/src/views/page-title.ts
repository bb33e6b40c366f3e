// The page title: the room, the call, and who is waiting.

import { withNames } from '../engine/person-name';
import { isolate, plainText } from '../engine/sentence';
import type { State } from '../engine/state';
import { emailsIn } from '../engine/step-context';

const APP = 'Snug';

export function pageTitle({ room, call, admissions }: State): string {
  if (room.kind !== 'inside') return `Join a room – ${APP}`;
  const place = `Room ${isolate(room.roomSession.room)} – ${APP}`;
  const name = (email: string): string => withNames(isolate(email), emailsIn(room));
  const [requester] = admissions;
  if (requester !== undefined)
    return plainText(`${name(requester.email)} asks to come in – ${place}`);
  return plainText(withEvent(call, place, name));
}

function withEvent(call: State['call'], place: string, name: (email: string) => string): string {
  switch (call.kind) {
    case 'incoming':
      return `${name(call.rings[0].email)} is calling – ${place}`;
    case 'starting':
    case 'active':
      return `In a call – ${place}`;
    case 'none':
      // A person who returns to the tab finds it here.
      return call.ended?.reason === 'missed'
        ? `Missed call from ${name(call.ended.email)} – ${place}`
        : place;
  }
}
