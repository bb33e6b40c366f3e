// The page title, which the system's list of windows shows: the room, the call, who is waiting, and
// that one's own screen is seen.

import { withNames } from '../engine/person-name';
import { isolate, plainText } from '../engine/sentence';
import type { State } from '../engine/state';
import { emailsIn } from '../engine/step-context';
import { texts } from '../text/texts';

export function pageTitle({ room, call, share, admissions }: State): string {
  if (room.kind !== 'inside') return texts.parts.pageTitle.lobby;
  const place = room.roomSession.room;
  const name = (email: string): string => withNames(isolate(email), emailsIn(room));
  const [requester] = admissions;
  if (requester !== undefined)
    return plainText(texts.parts.pageTitle.asking(place, name(requester.email)));
  return plainText(
    share.kind === 'on' ? texts.parts.pageTitle.sharing(place) : withEvent(call, place, name),
  );
}

function withEvent(call: State['call'], place: string, name: (email: string) => string): string {
  const titles = texts.parts.pageTitle;
  switch (call.kind) {
    case 'incoming':
      return titles.calling(place, name(call.rings[0].email));
    case 'starting':
    case 'active':
      return titles.inCall(place);
    case 'none':
      // A person who returns to the tab finds it here.
      return call.ended?.reason === 'missed'
        ? titles.missed(place, name(call.ended.email))
        : titles.room(place);
  }
}
