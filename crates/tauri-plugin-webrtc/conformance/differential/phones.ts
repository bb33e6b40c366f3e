// Offers in the style of telephone gateways, phones and conference rooms, written for this test
// after their documents and public reports.

import { offerCase, type Case } from './case.ts';
import { FINGERPRINT, PASSWORD, UFRAG, audio, session, text, transport, video } from './sdp.ts';

/** Session-level credentials, legacy audio codec first, no mid. */
const asterisk = text(
  session('- 1257654656 1 IN IP4 192.0.2.20', 'Asterisk'),
  'a=msid-semantic:WMS *',
  'a=group:BUNDLE audio-0',
  'm=audio 15040 UDP/TLS/RTP/SAVPF 107 0 8 101',
  'c=IN IP4 192.0.2.20',
  'a=connection:new',
  'a=setup:actpass',
  `a=fingerprint:${FINGERPRINT.toUpperCase().replace('SHA-256', 'SHA-256')}`,
  `a=ice-ufrag:${UFRAG}`,
  `a=ice-pwd:${PASSWORD}`,
  'a=candidate:Hc0000214 1 UDP 2130706431 192.0.2.20 15040 typ host',
  'a=candidate:Sc0000214 1 UDP 1694498815 203.0.113.20 15040 typ srflx raddr 192.0.2.20 rport 15040',
  'a=rtpmap:107 opus/48000/2',
  'a=fmtp:107 useinbandfec=1',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=ptime:20',
  'a=maxptime:60',
  'a=sendrecv',
  'a=rtcp-mux',
  'a=ssrc:1101929 cname:b3a4e',
  'a=msid:5f6d 5f6e',
  'a=rtcp-fb:* transport-cc',
  'a=mid:audio-0',
);

const freeswitch = text(
  session('FreeSWITCH 1700000123 1700000124 IN IP4 203.0.113.30', 'FreeSWITCH'),
  'a=msid-semantic: WMS fsStream',
  'm=audio 21234 UDP/TLS/RTP/SAVPF 102 0 8 103 101',
  'c=IN IP4 203.0.113.30',
  'a=rtpmap:102 opus/48000/2',
  'a=fmtp:102 useinbandfec=1; maxaveragebitrate=30000; maxplaybackrate=48000; ptime=20; minptime=10; maxptime=40',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:103 telephone-event/48000',
  'a=fmtp:103 0-16',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  `a=fingerprint:${FINGERPRINT}`,
  'a=setup:actpass',
  'a=rtcp-mux',
  'a=rtcp:21234 IN IP4 203.0.113.30',
  'a=ssrc:1234567890 cname:fsCname',
  'a=ssrc:1234567890 msid:fsStream a0',
  'a=ssrc:1234567890 mslabel:fsStream',
  'a=ssrc:1234567890 label:fsTrack',
  'a=ice-ufrag:zbHRhZ4xhEvNf4hX',
  'a=ice-pwd:5RkMpVbNhlwHvYVnBxZ6q0aa',
  'a=candidate:6871287127 1 udp 2130706431 203.0.113.30 21234 typ host generation 0',
  'a=end-of-candidates',
  'a=ptime:20',
);

/** A video m-line for a floor-controlled conference. */
const conferenceBridge = text(
  session('tandberg 11 1 IN IP4 198.51.100.5', '-', 'b=AS:3840'),
  'a=group:BUNDLE 0 1',
  ...audio('0'),
  ...video('1'),
  'm=application 36000 TCP/TLS/BFCP *',
  'c=IN IP4 198.51.100.5',
  'a=floorctrl:c-s',
  'a=confid:1',
  'a=userid:2',
  'a=floorid:2 mstrm:12',
  'a=setup:actpass',
  'a=connection:new',
  'a=mid:slides',
);

const farEndCamera = text(
  session('- 1 1 IN IP4 198.51.100.6'),
  ...audio('0'),
  'm=application 36010 RTP/AVP 100',
  'c=IN IP4 198.51.100.6',
  'a=rtpmap:100 H224/4800',
  'a=sendrecv',
);

const realTimeText = text(
  session('- 1 1 IN IP4 198.51.100.7'),
  'a=group:BUNDLE 0',
  ...audio('0'),
  'm=text 11000 RTP/AVP 98 99',
  'c=IN IP4 198.51.100.7',
  'a=rtpmap:98 t140/1000',
  'a=rtpmap:99 red/1000',
  'a=fmtp:99 98/98/98',
  'a=mid:text',
);

const messages = text(
  session('alice 2890844526 2890844526 IN IP4 198.51.100.8'),
  ...audio('0'),
  'm=message 7394 TCP/TLS/MSRP *',
  'a=accept-types:text/plain message/cpim',
  'a=path:msrps://198.51.100.8:7394/2s93i9ek2a;tcp',
);

const fax = text(
  session('- 1 1 IN IP4 198.51.100.9'),
  ...audio('0'),
  'm=image 0 udptl t38',
  'a=T38FaxVersion:0',
);

/** A SIP gateway: RTP profile and security descriptions in the old form. */
const rtpengine = text(
  session('user 53655765 2353687637 IN IP4 192.0.2.90', 'SIP Call', 'c=IN IP4 192.0.2.90'),
  'm=audio 30004 UDP/TLS/RTP/SAVPF 111 8 0 101',
  'a=mid:1',
  'a=rtpmap:111 opus/48000/2',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=sendrecv',
  'a=rtcp:30004',
  'a=rtcp-mux',
  'a=setup:actpass',
  `a=fingerprint:${FINGERPRINT}`,
  'a=tls-id:28d8e1f7a1f2ff4a87fc5d9e8e3d8e3d',
  'a=ice-ufrag:IDEfZxLW',
  'a=ice-pwd:4bXUo1Uv3lHkDyO5y4FHWMiWQ1',
  'a=candidate:Rk5bqlxCm1z7Yf0b 1 UDP 2130706431 192.0.2.90 30004 typ host',
);

const kamailioSdes = text(
  session('- 15 15 IN IP4 192.0.2.91', '-', 'c=IN IP4 192.0.2.91'),
  'm=audio 30010 RTP/SAVP 0 8 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz',
  'a=sendrecv',
);

const plainPhone = text(
  session('- 15 15 IN IP4 192.0.2.92', 'Phone', 'c=IN IP4 192.0.2.92'),
  'm=audio 4000 RTP/AVP 0 8 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'a=sendrecv',
);

const drachtio = text(
  session('z9hG4bK 0 0 IN IP4 192.0.2.93'),
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 0.0.0.0',
  'a=rtpmap:111 opus/48000/2',
  ...transport(),
  'a=rtcp-mux',
  'a=sendrecv',
);

export const phones: readonly Case[] = [
  offerCase('Asterisk calls', asterisk),
  offerCase('FreeSWITCH calls, no mid', freeswitch),
  offerCase('a conference bridge with BFCP', conferenceBridge),
  offerCase(
    'a conference bridge with BFCP, no mid for it',
    conferenceBridge.replace('a=mid:slides\r\n', ''),
  ),
  offerCase(
    'a conference bridge with BFCP alone',
    text(
      session(),
      'm=application 36000 UDP/TLS/BFCP *',
      'c=IN IP4 198.51.100.5',
      'a=floorctrl:c-s',
    ),
  ),
  offerCase('a room system with far-end camera control', farEndCamera),
  offerCase('a phone with real-time text', realTimeText),
  offerCase('a SIP client with MSRP', messages),
  offerCase('a gateway with a rejected fax m-line', fax),
  offerCase('rtpengine', rtpengine),
  offerCase('Kamailio with security descriptions', kamailioSdes),
  offerCase('a phone with plain RTP', plainPhone),
  offerCase('a server without BUNDLE or mid', drachtio),
];
