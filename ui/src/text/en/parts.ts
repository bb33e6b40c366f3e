// What stands on every screen: titles of the page, dialogs, notifications.

import { isolate } from '../../engine/sentence';

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
    room: (room: string): string => `Room ${isolate(room)} – Snug`,
    inCall: (room: string): string => `In a call – Room ${isolate(room)} – Snug`,
    calling: (room: string, name: string): string =>
      `${name} is calling – Room ${isolate(room)} – Snug`,
    asking: (room: string, name: string): string =>
      `${name} asks to come in – Room ${isolate(room)} – Snug`,
    missed: (room: string, name: string): string =>
      `Missed call from ${name} – Room ${isolate(room)} – Snug`,
  },
} as const;
