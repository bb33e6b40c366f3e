// A passcode of four plain words, for people who want to say it.

const WORDS = 4;
const BYTES_OF_A_WORD = 2;

/** 44 bits. The list has 2,048 words that differ in their first four letters. */
export async function suggestPasscode(randomBytes: (count: number) => Uint8Array): Promise<string> {
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  const bytes = randomBytes(WORDS * BYTES_OF_A_WORD);
  return Array.from({ length: WORDS }, (_, at) => {
    const [high = 0, low = 0] = bytes.subarray(at * BYTES_OF_A_WORD);
    // A power of two: each word is as likely.
    return wordlist[(high * 256 + low) % wordlist.length] ?? '';
  }).join(' ');
}
