// The verification code of a call.

import { isolate } from '../../engine/sentence';
import type { Picture } from '../../engine/verification/pictures';
import { nameList } from './words';

const PICTURES: Readonly<Record<Picture, string>> = {
  anchor: 'Anchor',
  apple: 'Apple',
  axe: 'Axe',
  balloon: 'Balloon',
  banana: 'Banana',
  bed: 'Bed',
  bell: 'Bell',
  bicycle: 'Bicycle',
  bird: 'Bird',
  bone: 'Bone',
  book: 'Book',
  bus: 'Bus',
  cake: 'Cake',
  carrot: 'Carrot',
  castle: 'Castle',
  cat: 'Cat',
  cherries: 'Cherries',
  cloud: 'Cloud',
  crown: 'Crown',
  dog: 'Dog',
  drum: 'Drum',
  egg: 'Egg',
  eye: 'Eye',
  feather: 'Feather',
  fire: 'Fire',
  fish: 'Fish',
  flag: 'Flag',
  flower: 'Flower',
  ghost: 'Ghost',
  glasses: 'Glasses',
  grapes: 'Grapes',
  guitar: 'Guitar',
  hammer: 'Hammer',
  heart: 'Heart',
  hourglass: 'Hourglass',
  house: 'House',
  key: 'Key',
  lamp: 'Lamp',
  magnet: 'Magnet',
  moon: 'Moon',
  mountain: 'Mountain',
  palm: 'Palm tree',
  piano: 'Piano',
  pizza: 'Pizza',
  plane: 'Airplane',
  present: 'Present',
  puzzle: 'Puzzle',
  rabbit: 'Rabbit',
  rocket: 'Rocket',
  scissors: 'Scissors',
  ship: 'Ship',
  shirt: 'Shirt',
  skull: 'Skull',
  snail: 'Snail',
  snowflake: 'Snowflake',
  star: 'Star',
  sun: 'Sun',
  tent: 'Tent',
  tractor: 'Tractor',
  train: 'Train',
  trophy: 'Trophy',
  turtle: 'Turtle',
  umbrella: 'Umbrella',
  watch: 'Watch',
};

export const verification = {
  pictures: PICTURES,
  code: 'Pictures of the code',
  people: 'People in this call',
  how: 'One person reads the seven pictures out, in order. Everybody else looks whether theirs are the same.',
  same: 'They match',
  different: 'They differ',
  making: 'The pictures are being made…',
  waiting: (names: readonly string[]): string =>
    `No pictures yet: ${nameList(names)} ${names.length === 1 ? 'has' : 'have'} not sent what is needed. An older version of the app or page sends nothing.`,
  broken: (name: string): string =>
    `There are no pictures: what came from ${isolate(name)} does not fit together. Say nothing that nobody else may hear. Leave the call, and begin another one.`,
  unable: 'There are no pictures: somebody in this call has proven nothing about their connection.',
  areSame:
    'Compared. Nobody is between you and the others in this call. You see at their names that you know them, also the next time.',
  areDifferent:
    'Somebody may be between you, and hear what you say. Look once more whether all have compared the same pictures, as new people make new ones. If they differ again, leave the call and begin a new private room, by the app.',
  limit: {
    window:
      'The same pictures mean that nobody is between you, not even the relay. They say nothing about what the others, or pages in their browsers, do with what they hear.',
    browser:
      'The same pictures mean that nobody is between you. This page comes from the relay: if you do not trust that, compare by the app.',
  },
  notKept:
    'This browser keeps no identity for you: the next time you look new to the others, and they to you.',
} as const;
