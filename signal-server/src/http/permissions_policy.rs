//! Features that the page may request from a browser (W3C Permissions Policy).
//!
//! Invariant: every feature that needs a person's permission is named. Features that the page does
//! not use are denied, also to the page itself, so a fault in the page can use only what a call
//! uses.

/// The page uses cameras, microphones, screens and loudspeakers. It moves into a window of its own
/// or the full screen, keeps the screen on, plays on while it is hidden, and copies invitations.
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
