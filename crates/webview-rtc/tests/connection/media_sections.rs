//! Media sections are added, change direction, stop, and their index is reused.

use std::time::Duration;

use webview_rtc::wire::{event::DtlsState, negotiated::Direction};

use crate::{
    audio,
    negotiation::{Kind, MediaSection, Negotiation},
    test_env::{Side, TestEnv},
    video,
};

/// Whether this video section carries frames: from A, from B.
fn directions_with_frames(env: &mut TestEnv, mid: &str, first: u64) -> (bool, bool) {
    let mut has_frames = [false, false];
    for (index, (from, to)) in [(Side::A, Side::B), (Side::B, Side::A)]
        .into_iter()
        .enumerate()
    {
        env.peer(from).events.clear();
        env.peer(to).events.clear();
        for number in first..first + 5 {
            let now = env.now;
            let frame = video::vp8(number, number == first, 2000);
            env.peer(from).session.send_video(mid, &frame, now);
            env.settle();
            env.run(Duration::from_millis(33));
        }
        env.run(Duration::from_millis(400));
        let received = video::received_frames(env, to);
        assert!(received.iter().all(|received| received.mid == mid));
        assert!(
            received.is_empty() || received.len() == 5,
            "{} of 5",
            received.len()
        );
        has_frames[index] = !received.is_empty();
    }
    (has_frames[0], has_frames[1])
}

#[test]
fn directions_change_back_and_forth() {
    let mut negotiation = Negotiation::new().audio("0").video("1");
    let mut env = TestEnv::connected(41, &negotiation);
    let steps = [
        (Direction::SendRecv, (true, true)),
        (Direction::SendOnly, (true, false)),
        (Direction::RecvOnly, (false, true)),
        (Direction::Inactive, (false, false)),
        (Direction::RecvOnly, (false, true)),
        (Direction::SendOnly, (true, false)),
        (Direction::Inactive, (false, false)),
        (Direction::SendRecv, (true, true)),
    ];
    for (step, (direction, expect)) in steps.into_iter().enumerate() {
        negotiation.set("1", direction);
        env.commit(&negotiation);
        let first = 1000 * step as u64;
        assert_eq!(
            directions_with_frames(&mut env, "1", first),
            expect,
            "step {step}"
        );
    }
}

#[test]
fn section_starts_in_every_direction() {
    let directions = [
        (Direction::SendRecv, (true, true)),
        (Direction::SendOnly, (true, false)),
        (Direction::RecvOnly, (false, true)),
        (Direction::Inactive, (false, false)),
    ];
    for (direction, expect) in directions {
        for kind in [Kind::Video, Kind::VideoWithoutSsrcs] {
            let mut negotiation = Negotiation::new().with("0", kind, direction);
            let mut env = TestEnv::connected(42, &negotiation);
            assert_eq!(
                directions_with_frames(&mut env, "0", 0),
                expect,
                "{direction:?}"
            );
            negotiation.set("0", Direction::SendRecv);
            env.commit(&negotiation);
            assert_eq!(
                directions_with_frames(&mut env, "0", 100),
                (true, true),
                "{direction:?}"
            );
        }
    }
}

#[test]
fn sections_are_added_while_others_continue() {
    let mut negotiation = Negotiation::new().audio("0");
    let mut env = TestEnv::connected(43, &negotiation);
    negotiation = negotiation.video("1");
    env.commit(&negotiation);
    assert_eq!(directions_with_frames(&mut env, "1", 0), (true, true));
    negotiation = negotiation.video("2").audio("3").application("4");
    env.commit(&negotiation);
    assert_eq!(directions_with_frames(&mut env, "2", 0), (true, true));
    assert_eq!(directions_with_frames(&mut env, "1", 100), (true, true));
    env.b.events.clear();
    for mid in ["0", "3"] {
        audio::send(&mut env, Side::A, mid, 0, 10);
    }
    env.run(Duration::from_millis(100));
    assert_eq!(audio::received_audio(&mut env, Side::B).len(), 20);
    assert_eq!(env.a.dtls_states(), [] as [DtlsState; 0]);
}

#[test]
fn index_of_a_stopped_section_is_reused() {
    let mut negotiation = Negotiation::new().audio("0").video("1").video("2");
    let mut env = TestEnv::connected(44, &negotiation);
    assert_eq!(directions_with_frames(&mut env, "1", 0), (true, true));
    negotiation.stop("1");
    env.commit(&negotiation);
    assert_eq!(directions_with_frames(&mut env, "1", 100), (false, false));
    assert_eq!(directions_with_frames(&mut env, "2", 0), (true, true));
    // Reused with another mid, and possibly another kind (RFC 9429, 5.2.2).
    for (mid, kind) in [("3", Kind::Video), ("4", Kind::Audio), ("5", Kind::Video)] {
        negotiation.sections[1] = MediaSection {
            mid: mid.to_owned(),
            kind,
            direction: Direction::SendRecv,
        };
        env.commit(&negotiation);
        if kind == Kind::Video {
            assert_eq!(
                directions_with_frames(&mut env, mid, 0),
                (true, true),
                "{mid}"
            );
        } else {
            env.b.events.clear();
            audio::send(&mut env, Side::A, mid, 0, 10);
            env.run(Duration::from_millis(100));
            assert_eq!(audio::received_audio(&mut env, Side::B).len(), 10);
        }
        assert_eq!(directions_with_frames(&mut env, "2", 1000), (true, true));
        negotiation.stop(mid);
        env.commit(&negotiation);
    }
}

#[test]
fn sections_may_start_stopped() {
    let mut negotiation = Negotiation::new()
        .with("0", Kind::Stopped, Direction::Inactive)
        .video("1")
        .with("2", Kind::Stopped, Direction::Inactive);
    let mut env = TestEnv::connected(45, &negotiation);
    assert_eq!(directions_with_frames(&mut env, "1", 0), (true, true));
    negotiation.sections[2] = MediaSection {
        mid: "a-long-name-with-dashes".to_owned(),
        kind: Kind::Video,
        direction: Direction::SendRecv,
    };
    env.commit(&negotiation);
    assert_eq!(
        directions_with_frames(&mut env, "a-long-name-with-dashes", 0),
        (true, true)
    );
}
