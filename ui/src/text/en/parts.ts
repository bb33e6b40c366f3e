// What stands on every screen: titles of the page, dialogs, notifications.

import { roomTitle } from './words';

export const parts = {
  appName: 'Snug',
  close: 'Close',
  dismiss: 'Dismiss',
  notifications: 'Notifications',
  closeNotification: 'Close notification',
  microphoneLevel: 'Microphone level',
  settings: 'Settings',
  shortcuts: 'Keyboard shortcuts',
  cameraAndMicrophone: 'Camera and microphone',
  stillInCall: 'You are still in the call. Leave call ends it.',
  loadFailed:
    'This part of Snug could not be loaded. If the relay was updated, reload the page: you come ' +
    'back to where you are. Otherwise check your connection.',
  reload: 'Reload the page',
  pageTitle: {
    lobby: 'Join a room – Snug',
    room: (room: string): string => `${roomTitle(room)} – Snug`,
    inCall: (room: string): string => `In a call – ${roomTitle(room)} – Snug`,
    sharing: (room: string): string => `You share your screen – ${roomTitle(room)} – Snug`,
    calling: (room: string, name: string): string =>
      `${name} is calling – ${roomTitle(room)} – Snug`,
    asking: (room: string, name: string): string =>
      `${name} asks to come in – ${roomTitle(room)} – Snug`,
    missed: (room: string, name: string): string =>
      `Missed call from ${name} – ${roomTitle(room)} – Snug`,
  },
} as const;
