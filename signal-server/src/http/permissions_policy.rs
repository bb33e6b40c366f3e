//! What the page may ask a browser for (W3C Permissions Policy).
//!
//! Invariant: all that a person can be asked to permit is named, and what the page does not use is
//! denied, to the page itself too: a fault in it reaches no farther than a call does.

/// The page has cameras, microphones, screens and loudspeakers to use, moves into a window of its
/// own or the whole screen, keeps the screen awake, plays on while it is not seen, and copies
/// invitations.
pub(super) const PERMISSIONS_POLICY: &str = "\
    autoplay=(self), \
    camera=(self), \
    clipboard-write=(self), \
    display-capture=(self), \
    fullscreen=(self), \
    media-playback-while-not-visible=(self), \
    microphone=(self), \
    picture-in-picture=(self), \
    screen-wake-lock=(self), \
    speaker-selection=(self), \
    accelerometer=(), \
    browsing-topics=(), \
    captured-surface-control=(), \
    clipboard-read=(), \
    compute-pressure=(), \
    digital-credentials-create=(), \
    digital-credentials-get=(), \
    encrypted-media=(), \
    gamepad=(), \
    geolocation=(), \
    gyroscope=(), \
    hid=(), \
    identity-credentials-get=(), \
    idle-detection=(), \
    keyboard-map=(), \
    language-detector=(), \
    language-model=(), \
    local-fonts=(), \
    magnetometer=(), \
    midi=(), \
    on-device-speech-recognition=(), \
    otp-credentials=(), \
    payment=(), \
    private-state-token-issuance=(), \
    private-state-token-redemption=(), \
    publickey-credentials-create=(), \
    publickey-credentials-get=(), \
    serial=(), \
    storage-access=(), \
    summarizer=(), \
    sync-xhr=(), \
    translator=(), \
    unload=(), \
    usb=(), \
    window-management=(), \
    xr-spatial-tracking=()";
