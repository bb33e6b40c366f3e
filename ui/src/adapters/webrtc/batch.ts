// Batches requests of the same task into one call.
//
// Invariant: each request gets its own answer, by position.

/** `answer` returns one answer per request and never rejects. */
export function batch<Request, Answer>(
  answer: (requests: readonly Request[]) => Promise<readonly Answer[]>,
): (request: Request) => Promise<Answer> {
  let group: { readonly requests: Request[]; readonly answers: Promise<readonly Answer[]> } | null =
    null;

  return async (request) => {
    if (group === null) {
      const requests: Request[] = [];
      // The batch closes in the next microtask.
      const answers = Promise.resolve().then(() => {
        group = null;
        return answer(requests);
      });
      group = { requests, answers };
    }
    const { requests, answers } = group;
    const place = requests.push(request) - 1;
    const mine = (await answers)[place];
    if (mine === undefined) throw new Error('A request was left without an answer.');
    return mine;
  };
}
