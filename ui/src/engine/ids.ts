// Ids that the engine and its peers choose. The relay chooses `MemberId`s.

/** One peer of a call; survives a new `MemberId` after a relay restart. */
export type PeerId = string;
/** Random, chosen by the caller; every call message carries it. */
export type CallId = string;
/** Random per room session; shows that a new `MemberId` is the same person. */
export type SessionId = string;
