// A part of a screen that loads its code when it is first shown.
//
// Invariant: a failed load is said in its place; the rest of the screen stays.

import { useEffect, useState, type ComponentType } from 'react';

import { texts } from '../../text/texts';
import { Button } from './button';

type Loaded<Props> =
  | { readonly kind: 'loading' | 'failed' }
  | { readonly kind: 'there'; readonly Part: ComponentType<Props> };

interface LazyProps<Props> {
  /** The same function every time. */
  readonly load: () => Promise<ComponentType<Props>>;
  readonly of: Props;
}

export function LazyPart<Props extends object>({ load, of }: LazyProps<Props>) {
  const [loaded, setLoaded] = useState<Loaded<Props>>({ kind: 'loading' });
  useEffect(() => {
    let isShown = true;
    load().then(
      (Part) => (isShown ? setLoaded({ kind: 'there', Part }) : undefined),
      () => (isShown ? setLoaded({ kind: 'failed' }) : undefined),
    );
    return () => {
      isShown = false;
    };
  }, [load]);

  switch (loaded.kind) {
    case 'loading':
      return null;
    case 'there':
      return <loaded.Part {...of} />;
    case 'failed':
      return (
        <div role="alert">
          <p>{texts.parts.loadFailed}</p>
          <Button onClick={() => location.reload()}>{texts.parts.reload}</Button>
        </div>
      );
  }
}
