// The layout button of the header: how the others are shown, and where the own picture is.

import { LayoutGrid } from 'lucide-react';
import { useState } from 'react';

import type { LayoutChoice, SelfChoice } from '../../layout/mode';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { ChoiceGroup } from '../parts/choice-group';
import { IconButton } from '../parts/icon-button';
import { Popup } from '../parts/popup';
import { useStore } from '../use-store';

const LAYOUTS: readonly LayoutChoice[] = ['automatic', 'grid', 'speaker'];
const SELF_CHOICES: readonly SelfChoice[] = ['grid', 'corner', 'hidden'];

/** The next one, for the key. */
export function nextLayout(layout: LayoutChoice): LayoutChoice {
  return LAYOUTS[(LAYOUTS.indexOf(layout) + 1) % LAYOUTS.length] ?? 'automatic';
}

export function LayoutMenu({ form }: { readonly form: 'popup' | 'sheet' }) {
  const { settings } = useApp();
  const { layout, showSelf } = useStore(settings);
  const [open, setOpen] = useState(false);
  const words = texts.call.layout;
  return (
    <Popup
      form={form}
      label={words.label}
      open={open}
      onOpenChange={setOpen}
      align="end"
      trigger={
        <IconButton label={words.label} shortcut="G" size="small" look="over-picture">
          <LayoutGrid size={18} aria-hidden />
        </IconButton>
      }
    >
      <ChoiceGroup
        label={words.label}
        choices={LAYOUTS.map((value) => ({ value, label: words.choices[value] }))}
        value={layout}
        onChange={(value) => settings.change({ layout: value })}
      />
      <ChoiceGroup
        label={words.showSelf}
        choices={SELF_CHOICES.map((value) => ({ value, label: words.selfChoices[value] }))}
        value={showSelf}
        onChange={(value) => settings.change({ showSelf: value })}
      />
    </Popup>
  );
}
