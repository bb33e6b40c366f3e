// Pointing and drawing on a shared screen (docs/protocol.md, "Talk").

import { isRecord } from '../../json';
import type { MemberId } from '../../../protocol/wire';
import type { Fields, Readers } from './family';

/** A point of the picture: fractions of its width and height, from 0 to 1. */
export interface Fraction {
  readonly x: number;
  readonly y: number;
}

/** Where the sender points on the screen that this member shares. */
export interface PointMessage {
  readonly type: 'point';
  readonly screen: MemberId;
  /** Null: it points no more. */
  readonly at: Fraction | null;
}

/** The next points of a line on that screen. */
export interface DrawMessage {
  readonly type: 'draw';
  readonly screen: MemberId;
  /** The sender's number for the line. */
  readonly line: number;
  readonly points: readonly Fraction[];
}

export type PointingMessage = PointMessage | DrawMessage;

/** In one message. */
export const MAX_POINTS = 64;

export const POINTING: Readers<PointingMessage> = { point: readPoint, draw: readDraw };

function readPoint({ screen, at }: Fields): PointMessage | null {
  const point = at === null ? null : readFraction(at);
  if (typeof screen !== 'string' || (point === null && at !== null)) return null;
  return { type: 'point', screen, at: point };
}

function readDraw({ screen, line, points }: Fields): DrawMessage | null {
  if (typeof screen !== 'string' || !isLine(line) || !Array.isArray(points)) return null;
  if (points.length === 0 || points.length > MAX_POINTS) return null;
  const read = points.map(readFraction).filter((point) => point !== null);
  return read.length === points.length ? { type: 'draw', screen, line, points: read } : null;
}

function isLine(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function readFraction(value: unknown): Fraction | null {
  if (!isRecord(value)) return null;
  const { x, y } = value;
  return isFraction(x) && isFraction(y) ? { x, y } : null;
}

function isFraction(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}
