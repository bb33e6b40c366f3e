// What the app's shell reports, in English: what happened, and what to do.

import { isolate } from '../../engine/sentence';
import type { Misread, SettingsWarning, ShellFault } from '../../protocol/shell-fault';
import { addressText } from './links';
import { relayText } from './relay-errors';

export function shellText(fault: ShellFault): string {
  switch (fault.code) {
    case 'connection-lost':
      return 'The connection to the relay was lost. Snug keeps trying; a running call goes on meanwhile.';
    case 'relay-restarts':
      return 'The relay restarts. Snug comes back to it in a moment; a running call goes on meanwhile.';
    case 'no-answer':
      return 'The relay closed the connection or did not answer. Try again, or check its address.';
    case 'taken-over':
      return 'Your place in this room was taken over by another window. Join again to come back here.';
    case 'app-refused':
      return 'The relay does not allow this app to connect. Ask the person who runs it, or choose another relay.';
    case 'relay-refuses':
      return relayText(fault.error, fault.detail);
    case 'busy':
      return 'The connection to the relay is busy. Try again in a moment.';
    case 'bad-message':
      return `The app does not understand its own page (${fault.detail}) Close it and open it again.`;
    case 'not-saved':
      return `The settings could not be saved in ${isolate(fault.path)} (${fault.cause}). Free some space there or make it writable.`;
    case 'identity-not-kept':
      return `Your identity could not be kept in ${isolate(fault.path)} (${fault.cause}). Free some space there or make it writable.`;
    case 'identity-newer':
      return `${isolate(fault.path)} is that of a newer Snug. Update this one, or move the file away.`;
    case 'other-window':
      return 'Another Snug window runs this computer’s relay. Change this in the window that was opened first.';
    case 'disk-full':
      return 'The disk is full. Make room there; what has arrived stays.';
    case 'not-written':
      return `The file could not be written (${fault.cause}).`;
    case 'folder-refused':
      return `Snug cannot save files in that folder (${fault.cause}). Choose another one.`;
    case 'window-refused':
      return `The system refuses this for the window (${fault.cause}).`;
    case 'unknown-host':
      return `“${isolate(fault.host)}” could not be found. Check the relay’s address and this computer’s network connection.`;
    case 'nothing-answers':
      return `Nothing answers at ${isolate(fault.address)}. Check the address and its port, and that a relay runs there.`;
    case 'unreachable':
      return `${isolate(fault.address)} cannot be reached from here. Check this computer’s network connection.`;
    case 'timed-out':
      return `${isolate(fault.address)} did not answer in time. Check the address and this computer’s network connection.`;
    case 'certificate-refused':
      return `${isolate(fault.address)} could not prove who it is (${fault.detail}). Check the address, and ask the person who runs that relay about its certificate.`;
    case 'no-tls':
      return `${isolate(fault.address)} does not speak TLS. Check the address and its port; if that relay runs without a certificate, write http:// before its address.`;
    case 'not-a-relay':
      return `${isolate(fault.address)} answers, but it is not a Snug relay. Check the address and its port.`;
    case 'relay-takes-nobody':
      return `The relay at ${isolate(fault.address)} takes nobody else right now. Try again in a few minutes.`;
    case 'port-taken':
      return `Another program on this computer uses port ${fault.port}, which Snug’s own relay needs. Close that program, or choose a server as the relay.`;
    case 'own-relay-failed':
      return `This computer’s own relay could not start (${fault.detail}). Choose a server as the relay.`;
    case 'no-address':
    case 'not-an-address':
    case 'address-with-credentials':
    case 'unknown-scheme':
      return addressText(fault);
  }
}

export function settingsWarningText(warning: SettingsWarning): string {
  const path = isolate(warning.path);
  switch (warning.code) {
    case 'settings-not-opened':
      return `Your settings in ${path} could not be opened (${warning.cause}). Snug starts with fresh ones.`;
    case 'settings-misread': {
      const wrong = warning.wrong.map(misreadText).join('; ');
      const kept =
        warning.kept === null
          ? `Mend ${path} before you change a setting here, or they will be replaced.`
          : `The file as it was is kept as ${isolate(warning.kept)}.`;
      return `Some of your settings were not understood and have their defaults: ${wrong}. ${kept}`;
    }
    case 'settings-unreadable': {
      const what =
        warning.why === 'broken'
          ? 'Your settings could not be read'
          : 'Your settings are those of a newer Snug';
      return warning.kept === null
        ? `${what}, and ${path} could not be moved aside. Move it away yourself, or it will be replaced.`
        : `${what}. They are kept as ${isolate(warning.kept)}; Snug starts with fresh ones.`;
    }
  }
}

function misreadText({ field, expected }: Misread): string {
  switch (expected.kind) {
    case 'name':
      return `${isolate(field)} (its name is ${expected.name})`;
    case 'value':
      return `${isolate(field)} (it is ${expected.forms.join(' or ')})`;
  }
}
