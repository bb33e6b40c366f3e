// Collects what is asked for in one go, so that it is asked in one question.
//
// Invariant: every request gets the answer that stands in its place.

/** `answer` gives as many answers as it is given requests, and never rejects. */
export function together<Request, Answer>(
  answer: (requests: readonly Request[]) => Promise<readonly Answer[]>,
): (request: Request) => Promise<Answer> {
  let group: { readonly requests: Request[]; readonly answers: Promise<readonly Answer[]> } | null =
    null;

  return async (request) => {
    if (group === null) {
      const requests: Request[] = [];
      // The group closes when the code that asks now has run to its end.
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
