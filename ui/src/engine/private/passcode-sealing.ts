// What the page loads to be in a room with a passcode.

export { passcodeRoom, readPasscode } from './passcode';
export {
  change,
  enterPasscodeRoom,
  eventOf,
  hear,
  joinStatus,
  keptStay,
  say,
  viewOf,
  wake,
  wakesAt,
} from './passcode-room';
export type { PasscodeOutput, PasscodeRoom } from './passcode-room';
export { passcodeStay, reloaded } from './stay';
