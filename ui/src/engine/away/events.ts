// Events of the page's visibility.

export interface VisibilityEvent {
  readonly type: 'page-shown' | 'page-hidden';
}

export interface AwayTimer {
  readonly kind: 'away';
}
