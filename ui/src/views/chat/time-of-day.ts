// The time of a message as people read it, in the way of their system.

let format: Intl.DateTimeFormat | null = null;

export function timeOfDay(time: number): string {
  format ??= new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
  return format.format(time);
}
