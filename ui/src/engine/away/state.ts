// State of the own attention: whether the page can be seen.

export interface AwaySlice {
  readonly attention: Attention;
}

/** `away`: the page has been hidden for some minutes. */
export type Attention = 'here' | 'hidden' | 'away';
