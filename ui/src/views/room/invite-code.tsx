// The invite link as a QR code, for a phone's camera.
//
// Invariant: dark on white in every appearance, with a light margin: cameras need both.

import { useEffect, useRef } from 'react';

import { texts } from '../../text/texts';
import { codePath } from './code-path';
import styles from './invite-code.module.css';

export function InviteCode({ link }: { readonly link: string }) {
  const { size, path } = codePath(link);
  const code = useRef<SVGSVGElement>(null);
  useEffect(() => code.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <svg
      ref={code}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it is drawn here, not loaded
      role="img"
      aria-label={texts.room.invite.code}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className={styles['code']}
    >
      <path d={path} />
    </svg>
  );
}
