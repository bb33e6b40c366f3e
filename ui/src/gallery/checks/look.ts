// How a screen is shown: size, people, direction, colours.

export interface Look {
  /** In CSS pixels. A zoom of 200 % halves them. */
  readonly width: number;
  readonly height: number;
  /** Of `../people.ts`. */
  readonly people?: 'usual' | 'long' | 'mixed' | 'hostile';
  readonly direction?: 'ltr' | 'rtl';
  readonly pictures?: 'still' | 'moving';
  readonly colours?: 'own' | 'forced';
  /** `phone`: the camera takes 47 px at the top, the home bar 34 px at the bottom. */
  readonly edges?: 'straight' | 'phone';
}

export const DESKTOP: Look = { width: 1280, height: 800 };
/** The desktop at a zoom of 200 %. */
export const ZOOMED: Look = { width: 640, height: 400 };
export const SMALL_WINDOW: Look = { width: 720, height: 520 };
export const PHONE: Look = { width: 360, height: 740 };

/** The names of people that a small screen must take. */
export const LONG_NAMES = { people: 'long' } as const satisfies Partial<Look>;
export const MIXED_NAMES = { people: 'mixed', direction: 'rtl' } as const satisfies Partial<Look>;
