// The tile of a shared screen: the whole picture, never larger than it is, and zoomed by wheel, pinch,
// buttons and keys.

import { MousePointer2, Pause, PencilLine, Pin, PinOff, ZoomIn, ZoomOut } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';

import type { Tile } from '../../layout/arrange';
import type { Point, Size } from '../../layout/rect';
import {
  pannedBy,
  pictureRect,
  wheelZoom,
  WHOLE,
  ZOOM_STEP,
  zoomedAt,
  type Zoom,
} from '../../layout/zoom';
import { callTexts } from '../../text/call-texts';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import type { AutoplayGate } from '../call/autoplay-gate';
import type { Participant } from '../call/participants';
import { rectStyle } from '../call/rect-style';
import { useStageChoices } from '../call/stage-choices';
import tileStyles from '../call/tile.module.css';
import { classes } from '../parts/classes';
import { IconButton } from '../parts/icon-button';
import { isModified } from '../parts/modified';
import { Sentence } from '../parts/sentence';
import { StreamVideo } from '../parts/stream-video';
import { Marks } from './marks';
import { ScreenAudio } from './screen-audio';
import styles from './screen-tile.module.css';
import { usePointing, type Tool } from './use-pointing';

interface Props {
  readonly participant: Participant;
  readonly tile: Tile;
  readonly gate: AutoplayGate;
}

const KEY_PAN = 60;
const ARROWS: Readonly<Partial<Record<string, Point>>> = {
  ArrowLeft: { x: KEY_PAN, y: 0 },
  ArrowRight: { x: -KEY_PAN, y: 0 },
  ArrowUp: { x: 0, y: KEY_PAN },
  ArrowDown: { x: 0, y: -KEY_PAN },
};

const TOOLS = [
  { tool: 'pointer', label: callTexts.share.point, icon: MousePointer2 },
  { tool: 'pen', label: callTexts.share.draw, icon: PencilLine },
] as const satisfies readonly { tool: Tool; label: string; icon: unknown }[];
const HELP: Readonly<Record<Tool, string>> = {
  none: callTexts.share.zoomHelp,
  pointer: callTexts.share.pointHelp,
  pen: callTexts.share.drawHelp,
};

export function ScreenTile({ participant, tile, gate }: Props) {
  const app = useApp();
  const choices = useStageChoices();
  const help = useId();
  const frame = useRef<HTMLDivElement>(null);
  const pointers = useRef(new Map<number, Point>());
  const [picture, setPicture] = useState<Size | null>(null);
  const [zoom, setZoom] = useState<Zoom>(WHOLE);
  const { peer, person, email, screen, member } = participant;
  const { rect, place, visibility, key } = tile;
  const source = app.remote(peer, 'screen');
  const choice = choices.tile(key);
  const words = callTexts.share;
  const isLarge = place === 'stage' || place === 'full';
  const isPinned = choices.pins.includes(key);
  // A smaller encoding of the same picture does not make it smaller here.
  const native = useLargest(picture);
  const shown = native === null ? null : pictureRect(native, rect, zoom);
  const pointing = usePointing(member, shown, rect);
  const { changeTile, forget } = choices;
  const closeness = Math.ceil(zoom.factor);
  const isNoted = choice.zoom === closeness;
  useEffect(() => {
    if (!isNoted) changeTile(key, { zoom: closeness });
  }, [isNoted, changeTile, key, closeness]);
  useEffect(() => () => forget(key), [forget, key]);
  const middle: Point = { x: rect.width / 2, y: rect.height / 2 };

  function zoomBy(by: number, at: Point = middle) {
    if (native !== null) setZoom((before) => zoomedAt(native, rect, before, by, at));
  }

  function pan(by: Point) {
    if (native !== null) setZoom((before) => pannedBy(native, rect, before, by));
  }

  const wheel = useRef<(event: WheelEvent) => void>(() => undefined);
  useEffect(() => {
    wheel.current = (event) => {
      event.preventDefault();
      zoomBy(wheelZoom(event), pointIn(frame.current, event));
    };
  });
  useEffect(() => {
    // React's own listener is passive, and the page would scroll or zoom.
    const element = frame.current;
    const turned = (event: WheelEvent) => wheel.current(event);
    element?.addEventListener('wheel', turned, { passive: false });
    return () => element?.removeEventListener('wheel', turned);
  }, []);

  function held(event: PointerEvent<HTMLElement>) {
    // After the menu of another button, its release may not come.
    if (event.button !== 0) return;
    const at = pointIn(frame.current, event);
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, at);
    // Two fingers zoom, whatever the tool.
    if (pointing.tool === 'none') return;
    if (pointers.current.size === 1) pointing.pressed(at);
    else pointing.released();
  }

  function released({ pointerId }: PointerEvent) {
    pointers.current.delete(pointerId);
    pointing.released();
  }

  function moved(event: PointerEvent) {
    if (pointing.tool !== 'none' && pointers.current.size < 2) {
      const contact = pointers.current.size === 0 ? 'hovering' : 'touching';
      return pointing.moved(pointIn(frame.current, event), contact);
    }
    const before = pointers.current.get(event.pointerId);
    if (before === undefined) return;
    const now = pointIn(frame.current, event);
    const [other] = [...pointers.current].filter(([id]) => id !== event.pointerId);
    pointers.current.set(event.pointerId, now);
    if (other === undefined) return pan({ x: now.x - before.x, y: now.y - before.y });
    const [, still] = other;
    const centre = { x: (now.x + still.x) / 2, y: (now.y + still.y) / 2 };
    zoomBy(distance(now, still) / Math.max(1, distance(before, still)), centre);
  }

  function pressed(event: KeyboardEvent) {
    if (isModified(event)) return;
    const by = ARROWS[event.key];
    if (pointing.keyed(event)) event.stopPropagation();
    else if (event.key === '+' || event.key === '=') zoomBy(ZOOM_STEP);
    else if (event.key === '-') zoomBy(1 / ZOOM_STEP);
    else if (by !== undefined && zoom.factor > 1) pan(by);
    else return;
    event.preventDefault();
  }

  return (
    <figure
      className={classes(
        tileStyles['tile'],
        styles['tile'],
        visibility === 'hidden' && tileStyles['away'],
      )}
      style={rectStyle(rect)}
    >
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys and pointer move the picture */}
      <div
        ref={frame}
        role="application"
        aria-label={words.screenOf(email)}
        aria-describedby={help}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keys zoom and move it
        tabIndex={0}
        className={classes(
          styles['frame'],
          zoom.factor > 1 && styles['zoomed'],
          pointing.tool !== 'none' && styles['pointed'],
        )}
        onKeyDown={pressed}
        onPointerDown={held}
        onPointerMove={moved}
        onPointerUp={released}
        onPointerCancel={released}
      >
        <StreamVideo
          source={source}
          label={words.screenOf(email)}
          volume={choice.volume / 100}
          heard={choice.heard}
          data-tile={key}
          className={classes(styles['video'], shown === null && tileStyles['unseen'])}
          style={shown === null ? undefined : rectStyle(shown)}
          onPicture={setPicture}
          onSoundRefused={gate.refused}
        />
        <span id={help} hidden>
          {HELP[pointing.tool]}
        </span>
        {shown === null ? null : (
          <div className={styles['marks']} style={rectStyle(shown)}>
            <Marks screen={member} size={isLarge ? 'normal' : 'small'} />
          </div>
        )}
        {shown === null ? (
          <p className={styles['waiting']}>
            <Sentence>{words.waiting(person.name)}</Sentence>
          </p>
        ) : null}
      </div>
      {isLarge ? (
        <div className={styles['foot']}>
          <p className={tileStyles['caption']}>
            {screen === 'paused' ? <Pause size={16} aria-hidden /> : null}
            <span className={tileStyles['name']}>
              <Sentence>{words.caption(person.name)}</Sentence>
              {screen === 'paused' ? ` · ${words.isPaused}` : null}
            </span>
          </p>
          <div className={styles['audio']}>
            <ScreenAudio tileKey={key} name={person.name} source={source} />
          </div>
          {TOOLS.map(({ tool, label, icon: Icon }) => (
            <IconButton
              key={tool}
              label={label}
              size="small"
              look={pointing.tool === tool ? 'open' : 'over-picture'}
              aria-pressed={pointing.tool === tool}
              aria-disabled={shown === null}
              onClick={() => {
                if (shown === null) return;
                pointing.choose(pointing.tool === tool ? 'none' : tool);
                // The keys move the pointer, and Escape ends it.
                frame.current?.focus();
              }}
            >
              <Icon size={18} aria-hidden />
            </IconButton>
          ))}
          <IconButton
            label={words.zoomOut}
            size="small"
            look="over-picture"
            aria-disabled={zoom.factor === 1}
            onClick={() => zoomBy(1 / ZOOM_STEP)}
          >
            <ZoomOut size={18} aria-hidden />
          </IconButton>
          <IconButton
            label={words.zoomIn}
            size="small"
            look="over-picture"
            onClick={() => zoomBy(ZOOM_STEP)}
          >
            <ZoomIn size={18} aria-hidden />
          </IconButton>
          <IconButton
            label={isPinned ? texts.call.tile.unpin : texts.call.tile.pin}
            size="small"
            look="over-picture"
            onClick={() => choices.togglePin(key)}
          >
            {isPinned ? <PinOff size={18} aria-hidden /> : <Pin size={18} aria-hidden />}
          </IconButton>
        </div>
      ) : null}
    </figure>
  );
}

/** The largest size of the picture so far, while its proportions stay: a screen that is now smaller in
 *  both by the same factor looks from here like a smaller encoding. */
function useLargest(picture: Size | null): Size | null {
  const [largest, setLargest] = useState<Size | null>(null);
  if (picture === null) return largest;
  const isOther =
    largest === null ||
    picture.width > largest.width ||
    Math.abs(picture.width / picture.height - largest.width / largest.height) > 0.02;
  if (isOther) setLargest(picture);
  return isOther ? picture : largest;
}

function pointIn(
  element: HTMLElement | null,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): Point {
  const box = element?.getBoundingClientRect();
  return { x: clientX - (box?.x ?? 0), y: clientY - (box?.y ?? 0) };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
