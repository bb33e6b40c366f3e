// What every page says and hears. Tells each thing that a page hears and that nobody has said to it.
//
// Invariant: people are known by their emails, as to the people at the pages. In an open room anybody,
// and the relay too, may come in under any email; such strangers have sessions that no page has. A
// payload counts once, in the order of its sender; a status may be heard again. Each id of a sender has
// an order of its own in each stay of the page that hears it.

import type { Effect } from '../effect';
import type { Event } from '../event';
import { DELIVERED_AS, isDelivered } from '../wire/call-message';
import { readStatus } from '../wire/status';
import type { MemberId, Participant, ServerMessage } from '../../protocol/wire';
import type { Page } from './page';
import type { Simulation } from './simulation';

export interface Witness {
  /** In words; empty if all that was heard is true. */
  readonly faults: readonly string[];
  readonly heard: () => number;
}

export function witness(simulation: Simulation): Witness {
  const faults: string[] = [];
  const payloads = new Map<string, string[]>();
  const statuses = new Map<string, string[]>();
  const sessions = new Set<string>();
  const positions = new WeakMap<Page, Map<string, number>>();
  /** Who each page has seen under an id, also before it left. */
  const seen = new WeakMap<Page, Map<MemberId, string>>();
  let heard = 0;

  const emailOf = (page: Page, id: MemberId): string | null => {
    const known = seen.get(page) ?? new Map<MemberId, string>();
    seen.set(page, known);
    const { room } = page.state;
    const members = room.kind === 'inside' ? room.members : [];
    for (const member of members) known.set(member.id, member.email);
    return known.get(id) ?? null;
  };
  const say = (page: Page, effect: Effect): void => {
    if (effect.type === 'signaling-join') {
      sessions.add(effect.roomSession.session);
      return add(statuses, page.owner, effect.status);
    }
    if (effect.type !== 'signaling-send') return;
    const { message } = effect;
    if (message.type === 'user:status') return add(statuses, page.owner, message.status);
    if (!('to' in message)) return;
    const to = emailOf(page, message.to);
    if (to === null) return;
    const delivered = `${DELIVERED_AS[message.type]} ${message.payload}`;
    add(payloads, `${page.owner} to ${to}`, delivered);
  };
  /** Whether this was said, behind all that the page has heard of it before. */
  const follows = (page: Page, key: string, said: readonly string[], what: string): boolean => {
    const of = positions.get(page) ?? new Map<string, number>();
    positions.set(page, of);
    const { room } = page.state;
    const stay = room.kind === 'outside' ? '' : room.roomSession.session;
    const at = said.indexOf(what, of.get(`${stay} ${key}`) ?? 0);
    if (at < 0) return false;
    of.set(`${stay} ${key}`, key.startsWith('status') ? at : at + 1);
    return true;
  };
  const hearStatus = (page: Page, { id, email, status }: Participant): void => {
    const { session } = readStatus(status);
    if (simulation.kind === 'open' && (session === null || !sessions.has(session))) return;
    heard += 1;
    const said = statuses.get(email) ?? [];
    const key = `status ${id} ${session ?? ''}`;
    if (status === undefined || !follows(page, key, said, status)) {
      faults.push(`${page.owner} hears a status that ${email} has not said: ${status ?? ''}`);
    }
  };
  const hear = (page: Page, message: ServerMessage): void => {
    if (message.type === 'room:joined') {
      for (const each of message.participants) hearStatus(page, each);
    } else if (message.type === 'user:joined') hearStatus(page, message.user);
    else if (message.type === 'user:status') {
      const email = emailOf(page, message.from);
      if (email !== null) hearStatus(page, { id: message.from, email, status: message.status });
    } else if (isDelivered(message)) {
      heard += 1;
      const from = emailOf(page, message.from) ?? 'nobody';
      const pair = `${from} to ${page.owner}`;
      const what = `${message.type} ${message.payload}`;
      if (!follows(page, `${message.from} ${pair}`, payloads.get(pair) ?? [], what)) {
        faults.push(`${page.owner} hears of ${from} what it has not said: ${what.slice(0, 200)}`);
      }
    }
  };

  simulation.witness = (page, what: Event | Effect) => {
    emailOf(page, '');
    if (what.type === 'signaling-message') hear(page, what.message);
    else if (what.type === 'signaling-join' || what.type === 'signaling-send') say(page, what);
  };
  return { faults, heard: () => heard };
}

function add(said: Map<string, string[]>, key: string, what: string): void {
  const list = said.get(key);
  if (list === undefined) said.set(key, [what]);
  else list.push(what);
}
