// Walks by keyboard: the focus comes back, panels and options open, and videos go on playing.

import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';

import { element, gone } from './checks/element';
import { DESKTOP, PHONE } from './checks/look';
import { show, shown } from './checks/shown-screen';

const button = (name: string) => shown().getByRole('button', { name, exact: true });

test.each(['Escape', 'Enter'])('people panel closed by %s gives the focus back', async (key) => {
  const view = await show('call-3', DESKTOP);
  const people = await element(view, 'button', 'People');
  people.focus();
  await userEvent.keyboard('{Enter}');
  (await element(view, 'button', 'Close people')).focus();
  await userEvent.keyboard(`{${key}}`);
  await gone(view, 'button', 'Close people');
  await expect.poll(() => view.document.activeElement).toBe(people);
});

test.each([
  ['a desktop', DESKTOP],
  ['a phone', PHONE],
])('code of a call on %s is for the keyboard too', async (_, look) => {
  const view = await show('call-compared', look);
  const check = await element(view, 'button', 'Verify call');
  check.focus();
  await userEvent.keyboard('{Enter}');
  const same = await element(view, 'button', 'They match');
  for (let tab = 0; tab < 4 && view.document.activeElement !== same; tab += 1) {
    await userEvent.keyboard('{Tab}');
  }
  expect(view.document.activeElement).toBe(same);
  const pictures = shown()
    .getByRole('list', { name: 'Pictures of the code' })
    .getByRole('listitem');
  expect(pictures.all()).toHaveLength(7);
  await userEvent.keyboard('{Escape}');
  await gone(view, 'button', 'They match');
  await expect.poll(() => view.document.activeElement).toBe(check);
});

test('people panel on a phone is under more', async () => {
  const view = await show('call-3', PHONE);
  const more = await element(view, 'button', 'More');
  more.focus();
  await userEvent.keyboard('{Enter}');
  await button('People').click();
  await element(view, 'button', 'Close people');
  await userEvent.keyboard('{Escape}');
  await gone(view, 'button', 'Close people');
  await expect.poll(() => view.document.activeElement).toBe(more);
});

test('sharing on a phone is under more', async () => {
  const view = await show('call-3', PHONE);
  (await element(view, 'button', 'More')).focus();
  await userEvent.keyboard('{Enter}');
  await button('Share screen').click();
  await gone(view, 'button', 'Share screen');
});

test('layout changes keep every video playing', async () => {
  const view = await show('call-8', { ...DESKTOP, pictures: 'moving' });
  const videos = [...view.document.querySelectorAll('video')];
  const interrupted: (string | null)[] = [];
  for (const video of videos)
    for (const type of ['pause', 'emptied'])
      video.addEventListener(type, () => interrupted.push(video.ariaLabel));
  expect(videos.length).toBeGreaterThanOrEqual(8);
  // Grid, speaker, a pin, the pin gone, automatic; hidden members of the strip play too.
  for (const key of ['g', 'g', '3', '3', 'g']) {
    await userEvent.keyboard(key);
    expect(videos.filter((video) => !video.isConnected || video.paused)).toEqual([]);
  }
  expect(interrupted).toEqual([]);
});

test('options of a tile open by keyboard', async () => {
  const view = await show('call-3', DESKTOP);
  (await element(view, 'button', 'Options for Ana Souza')).focus();
  await userEvent.keyboard('{Enter}');
  await element(view, 'dialog', 'Options for Ana Souza');
  await button('Mute for me').click();
  const ana = view.document.querySelector<HTMLVideoElement>('video[aria-label^="ana.souza"]');
  expect(ana?.muted).toBe(true);
  await button('Pin').click();
  await gone(view, 'dialog', 'Options for Ana Souza');
});

test('a pointer that moves draws no tile of a person again', async () => {
  const view = await show('call-screen-2', DESKTOP);
  (await element(view, 'button', 'Point')).focus();
  await userEvent.keyboard('{Enter}{ArrowLeft}');
  const own = (): string =>
    view.document.querySelector<HTMLElement>('[data-mark]')?.style.left ?? '';
  await expect.poll(own).not.toBe('');
  const [drawn, place] = [view.galleryTilesDrawn(), own()];
  expect(drawn).toBeGreaterThan(0);
  await userEvent.keyboard('{ArrowLeft}{ArrowLeft}{ArrowLeft}{ArrowLeft}');
  await expect.poll(own).not.toBe(place);
  expect(view.galleryTilesDrawn()).toBe(drawn);
});

test('a chat of 300 messages has few elements, also when one more comes', async () => {
  const view = await show('chat-300', DESKTOP);
  const rows = () => view.document.querySelectorAll('[role=log] article').length;
  expect(rows()).toBe(80);
  (await element(view, 'textbox', 'Message')).focus();
  await userEvent.keyboard('one more{Enter}');
  const log = await element(view, 'log', 'Messages');
  await expect.poll(() => log.textContent).toContain('one more');
  expect(rows()).toBe(80);
  await button('Show earlier messages').click();
  await expect.poll(rows).toBe(160);
});

test.each(['Point', 'Draw'])('%s is begun and ended by keyboard', async (name) => {
  const view = await show('call-screen-2', DESKTOP);
  const tool = await element(view, 'button', name);
  const isOn = () => tool.getAttribute('aria-pressed');
  expect(isOn()).toBe('false');
  tool.focus();
  await userEvent.keyboard('{Enter}');
  await expect.poll(isOn).toBe('true');
  // The arrow keys are for the picture now.
  expect(view.document.activeElement?.getAttribute('role')).toBe('application');
  await userEvent.keyboard('{ArrowLeft}{Escape}');
  await expect.poll(isOn).toBe('false');
});
