//! Portals that refuse, hang, end, or give what does not work.

use std::{
    fs::File,
    os::{fd::OwnedFd, unix::net::UnixStream},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use screen_capture::{Capture, CaptureError, End, Kind, PipeWireError, PortalError, PortalGrant};

use crate::{
    fake_portal::{Behaviour, Bus, FakePortal, PATIENCE},
    recording::Recording,
};

async fn answer_of(behaviour: Behaviour) -> Result<PortalGrant, PortalError> {
    let bus = Bus::start();
    let _portal = bus.portal(behaviour).await;
    bus.ask().await
}

#[tokio::test]
async fn cancelled_dialog_is_no_failure() {
    for behaviour in [Behaviour::CancelsSources, Behaviour::CancelsStart] {
        let error = answer_of(behaviour).await.unwrap_err();
        assert!(matches!(error, PortalError::Cancelled), "{error}");
    }
}

#[tokio::test]
async fn desktop_without_a_portal_is_told_in_words() {
    let bus = Bus::start();
    let error = bus.ask().await.unwrap_err();
    assert!(matches!(error, PortalError::NoPortal), "{error}");
    assert!(error.to_string().contains("xdg-desktop-portal"), "{error}");
    let error = answer_of(Behaviour::HasNoSources).await.unwrap_err();
    assert!(matches!(error, PortalError::NoPortal), "{error}");
}

#[tokio::test]
async fn missing_message_bus_is_told_in_words() {
    let bus = Bus::start();
    let address = bus.address.clone();
    drop(bus);
    let request = screen_capture::PortalRequest {
        bus: Some(address),
        ..screen_capture::PortalRequest::default()
    };
    let error = request.ask().await.unwrap_err();
    assert!(matches!(error, PortalError::NoBus(_)), "{error}");
}

#[tokio::test]
async fn wrong_answers_of_a_portal_are_failures() {
    for behaviour in [
        Behaviour::Fails,
        Behaviour::HasNoStream,
        Behaviour::AnswersForAnotherSession,
    ] {
        let error = answer_of(behaviour).await.unwrap_err();
        assert!(matches!(error, PortalError::Failed(_)), "{error}");
    }
}

#[tokio::test]
async fn portal_that_does_not_answer_is_given_up() {
    let start = Instant::now();
    let error = answer_of(Behaviour::IsSilent).await.unwrap_err();
    assert!(matches!(error, PortalError::Silent), "{error}");
    assert!(start.elapsed() >= PATIENCE, "{:?}", start.elapsed());
}

#[tokio::test]
async fn person_may_choose_for_longer_than_a_portal() {
    let bus = Bus::start();
    let portal = bus.portal(Behaviour::Waits).await;
    let mut asking = Box::pin(bus.ask());
    let longer = PATIENCE + Duration::from_secs(1);
    let answered = tokio::time::timeout(longer, &mut asking).await;
    assert!(answered.is_err(), "{answered:?}");
    // Then the portal ends.
    portal.end().await;
    let error = asking.await.unwrap_err();
    assert!(matches!(error, PortalError::Died), "{error}");
}

/// A capture of what the portal grants.
async fn capture(bus: &Bus, descriptor: impl Fn() -> OwnedFd + Send + Sync + 'static) -> Share {
    let portal = bus.portal(Behaviour::Grants(Box::new(descriptor))).await;
    let PortalGrant {
        source,
        restore_token,
    } = bus.ask().await.unwrap();
    assert_eq!(source.kind(), Some(Kind::Window));
    let recording = Recording::request_first(|handle| Capture::start_shared(source, 30.0, handle));
    Share {
        portal,
        session: restore_token.unwrap(),
        recording,
    }
}

struct Share {
    portal: FakePortal,
    session: String,
    recording: Recording,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_descriptor_ends_the_capture() {
    let bus = Bus::start();
    let closed = || OwnedFd::from(UnixStream::pair().unwrap().0);
    let no_socket = || OwnedFd::from(File::open("/dev/null").unwrap());
    check_dead(&capture(&bus, closed).await);
    check_dead(&capture(&bus, no_socket).await);
}

#[track_caller]
fn check_dead(share: &Share) {
    let end = share.recording.end();
    let is_failure = matches!(end, End::Failed(CaptureError::PipeWire(_)));
    assert!(is_failure || matches!(end, End::SourceGone), "{end:?}");
}

/// A socket at whose other end nobody speaks.
fn silent_socket() -> impl Fn() -> OwnedFd + Send + Sync {
    let others = Arc::new(Mutex::new(Vec::new()));
    move || {
        let (one, other) = UnixStream::pair().unwrap();
        others.lock().unwrap().push(other);
        one.into()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn share_that_the_person_ends_is_over_at_once() {
    let bus = Bus::start();
    let share = capture(&bus, silent_socket()).await;
    let start = Instant::now();
    share.portal.end_share(&share.session).await;
    let end = share.recording.end();
    assert!(matches!(end, End::SourceGone), "{end:?}");
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pipewire_that_does_not_answer_ends_the_capture() {
    let bus = Bus::start();
    let share = capture(&bus, silent_socket()).await;
    let end = share.recording.end();
    assert!(
        matches!(
            end,
            End::Failed(CaptureError::PipeWire(PipeWireError::Silent))
        ),
        "{end:?}"
    );
}
