// Variants of the lines before the m-lines, and of ICE and DTLS lines.

import { offerCase, type Case } from './case.ts';
import { WHOLE, changed } from './offer-variant.ts';
import { FINGERPRINT, PASSWORD, UFRAG, session, text } from './sdp.ts';

const UFRAG_LINE = `a=ice-ufrag:${UFRAG}`;
const PASSWORD_LINE = `a=ice-pwd:${PASSWORD}`;
const ORIGIN_LINE = 'o=- 4611731400430051336 2 IN IP4 127.0.0.1';

const credentials: readonly Case[] = [
  ...[
    'ab-c',
    'ab_c',
    'abc=',
    'a.bc',
    'a#bc',
    'ab c',
    'abc',
    'a',
    '',
    'a'.repeat(256),
    'a'.repeat(257),
    'äbcd',
  ].map((ufrag) => changed(`ufrag ${short(ufrag)}`, UFRAG_LINE, `a=ice-ufrag:${ufrag}`)),
  ...[
    'Zm9vYmFyYmF6cXV4cXV1eA==',
    'Zm9v-YmFy_YmF6cXV4cXV1',
    'short',
    'a'.repeat(21),
    'a'.repeat(22),
    'a'.repeat(256),
    'a'.repeat(257),
    'with a space in the middle',
    '',
  ].map((password) => changed(`pwd ${short(password)}`, PASSWORD_LINE, `a=ice-pwd:${password}`)),
  changed('ufrag without pwd', `${PASSWORD_LINE}\r\n`, ''),
  changed('pwd without ufrag', `${UFRAG_LINE}\r\n`, ''),
  changed('ufrag twice', UFRAG_LINE, `${UFRAG_LINE}\r\na=ice-ufrag:Oth3`),
  changed('ufrag with a space before it', UFRAG_LINE, `a=ice-ufrag: ${UFRAG}`),
  changed('ufrag with a space behind it', UFRAG_LINE, `${UFRAG_LINE} `),
];

const origins: readonly Case[] = [
  '- abc 2 IN IP4 127.0.0.1',
  '- 1 abc IN IP4 127.0.0.1',
  '- f47ac10b-58cc-4372-a567-0e02b2c3d479 1 IN IP4 127.0.0.1',
  '- -1 1 IN IP4 127.0.0.1',
  '- 1.5 1 IN IP4 127.0.0.1',
  '- 18446744073709551616 1 IN IP4 127.0.0.1',
  'user name 1 1 IN IP4 127.0.0.1',
  '- 1 1 IN IP4',
  '- 1 1 IN IP4 host.example.org',
  '- 1 1 TN IP4 127.0.0.1',
  '- 1 1 IN IP5 127.0.0.1',
  '- 1  1 IN IP4 127.0.0.1',
  '- 1 1 IN IP4 127.0.0.1 ',
].map((origin) => changed(`origin "${origin}"`, ORIGIN_LINE, `o=${origin}`));

const preamble: readonly Case[] = [
  changed('no s=', 's=-\r\n', ''),
  changed('an empty s=', 's=-\r\n', 's=\r\n'),
  changed('s= of a space', 's=-\r\n', 's= \r\n'),
  changed('no t=', 't=0 0\r\n', ''),
  changed('t= of other times', 't=0 0', 't=3034423619 3042462419'),
  changed('t= without numbers', 't=0 0', 't='),
  changed('no v=', 'v=0\r\n', ''),
  changed('v=1', 'v=0', 'v=1'),
  changed('line feeds alone', '\r\n', '\n'),
  changed('carriage returns alone', '\r\n', '\r'),
  changed('an empty line at the end', 'useinbandfec=1\r\n', 'useinbandfec=1\r\n\r\n'),
  changed('an empty line in the middle', 'a=rtcp-mux\r\n', 'a=rtcp-mux\r\n\r\n'),
  changed('no line end at the end', 'useinbandfec=1\r\n', 'useinbandfec=1'),
  changed('spaces at the ends of lines', '\r\n', ' \r\n'),
  changed('a line of an unknown letter', 'a=rtcp-mux', 'y=1\r\na=rtcp-mux'),
  changed('a line without a letter', 'a=rtcp-mux', 'rtcp-mux'),
  changed('a capital letter', 'a=rtcp-mux', 'A=rtcp-mux'),
  changed('a space behind the equals sign', 'a=rtcp-mux', 'a= rtcp-mux'),
  changed('an attribute in capitals', 'a=sendrecv', 'a=SENDRECV'),
  changed('an empty attribute', 'a=rtcp-mux', 'a=\r\na=rtcp-mux'),
  offerCase('empty', ''),
  offerCase('no m-lines', text(session())),
  offerCase('a byte order mark', `\uFEFF${WHOLE}`),
  offerCase('blanks before v=', ` \r\n${WHOLE}`),
];

const security: readonly Case[] = [
  changed('fingerprint in small letters', FINGERPRINT, FINGERPRINT.toLowerCase()),
  changed('algorithm in capitals', 'a=fingerprint:sha-256', 'a=fingerprint:SHA-256'),
  changed('fingerprint without a value', FINGERPRINT, 'sha-256'),
  changed('fingerprint without an algorithm', FINGERPRINT, 'AB:CD'),
  changed('fingerprint too short', FINGERPRINT, 'sha-256 AB:CD'),
  changed('fingerprint of an unknown algorithm', 'sha-256', 'sha3-256'),
  changed(
    'fingerprint of md5',
    FINGERPRINT,
    `md5 ${Array.from({ length: 16 }, () => 'AB').join(':')}`,
  ),
  changed(
    'fingerprint of sha-1 before sha-256',
    `a=fingerprint:${FINGERPRINT}`,
    `a=fingerprint:sha-1 ${Array.from({ length: 20 }, () => 'AB').join(':')}\r\na=fingerprint:${FINGERPRINT}`,
  ),
  changed(
    'fingerprint of no hexadecimal digits',
    FINGERPRINT,
    `sha-256 ${Array.from({ length: 32 }, () => 'GG').join(':')}`,
  ),
  changed(
    'fingerprint twice',
    `a=fingerprint:${FINGERPRINT}`,
    `a=fingerprint:${FINGERPRINT}\r\na=fingerprint:${FINGERPRINT}`,
  ),
  changed('setup:holdconn', 'a=setup:actpass', 'a=setup:holdconn'),
  changed('setup:passive', 'a=setup:actpass', 'a=setup:passive'),
  changed('setup of an unknown word', 'a=setup:actpass', 'a=setup:sometimes'),
  changed('no setup', 'a=setup:actpass\r\n', ''),
  changed('no fingerprint', `a=fingerprint:${FINGERPRINT}\r\n`, ''),
  offerCase(
    'security descriptions beside DTLS',
    `${WHOLE}a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n`,
  ),
];

export const lineForms: readonly Case[] = [...credentials, ...origins, ...preamble, ...security];

function short(value: string): string {
  return value.length > 30 ? `of ${value.length} characters` : `"${value}"`;
}
