// One family of talk messages: the reader of each type.
//
// Invariant: a reader gets what another member sent, believes nothing of it, and never throws.

export type Fields = Readonly<Record<string, unknown>>;

/** Null from a reader: the message is malformed. */
export type Readers<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: (
    fields: Fields,
  ) => Extract<Message, { readonly type: Type }> | null;
};
