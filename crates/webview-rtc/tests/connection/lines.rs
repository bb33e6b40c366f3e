//! M-lines that are added, change their direction, stop, and whose place is used again.

use std::time::Duration;

use webview_rtc::wire::{event::DtlsState, session::Direction};

use crate::{
    agreements::{Agreements, Kind, Line},
    sound, video,
    world::{Side, World},
};

/// Which of both directions of this video m-line carries pictures now: from A, from B.
fn flows(world: &mut World, mid: &str, first: u64) -> (bool, bool) {
    let mut flow = [false, false];
    for (index, (from, to)) in [(Side::A, Side::B), (Side::B, Side::A)]
        .into_iter()
        .enumerate()
    {
        world.peer(from).events.clear();
        world.peer(to).events.clear();
        for number in first..first + 5 {
            let now = world.now;
            let frame = video::vp8(number, number == first, 2000);
            world.peer(from).session.send_video(mid, &frame, now);
            world.settle();
            world.run(Duration::from_millis(33));
        }
        world.run(Duration::from_millis(400));
        let seen = video::pictures(world, to);
        assert!(seen.iter().all(|seen| seen.mid == mid));
        assert!(seen.is_empty() || seen.len() == 5, "{} of 5", seen.len());
        flow[index] = !seen.is_empty();
    }
    (flow[0], flow[1])
}

#[test]
fn directions_change_back_and_forth() {
    let mut agreements = Agreements::new().audio("0").video("1");
    let mut world = World::connected(41, &agreements);
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
        agreements.set("1", direction);
        world.commit(&agreements);
        let first = 1000 * step as u64;
        assert_eq!(flows(&mut world, "1", first), expect, "step {step}");
    }
}

#[test]
fn a_line_may_begin_in_every_direction() {
    let directions = [
        (Direction::SendRecv, (true, true)),
        (Direction::SendOnly, (true, false)),
        (Direction::RecvOnly, (false, true)),
        (Direction::Inactive, (false, false)),
    ];
    for (direction, expect) in directions {
        for kind in [Kind::Video, Kind::SilentVideo] {
            let mut agreements = Agreements::new().with("0", kind, direction);
            let mut world = World::connected(42, &agreements);
            assert_eq!(flows(&mut world, "0", 0), expect, "{direction:?}");
            agreements.set("0", Direction::SendRecv);
            world.commit(&agreements);
            assert_eq!(flows(&mut world, "0", 100), (true, true), "{direction:?}");
        }
    }
}

#[test]
fn lines_are_added_while_others_carry_on() {
    let mut agreements = Agreements::new().audio("0");
    let mut world = World::connected(43, &agreements);
    agreements = agreements.video("1");
    world.commit(&agreements);
    assert_eq!(flows(&mut world, "1", 0), (true, true));
    agreements = agreements.video("2").audio("3").application("4");
    world.commit(&agreements);
    assert_eq!(flows(&mut world, "2", 0), (true, true));
    assert_eq!(flows(&mut world, "1", 100), (true, true));
    world.b.events.clear();
    for mid in ["0", "3"] {
        sound::send(&mut world, Side::A, mid, 0, 10);
    }
    world.run(Duration::from_millis(100));
    assert_eq!(sound::heard(&mut world, Side::B).len(), 20);
    assert_eq!(world.a.dtls_states(), [] as [DtlsState; 0]);
}

#[test]
fn a_line_stops_and_its_place_is_used_again() {
    let mut agreements = Agreements::new().audio("0").video("1").video("2");
    let mut world = World::connected(44, &agreements);
    assert_eq!(flows(&mut world, "1", 0), (true, true));
    agreements.stop("1");
    world.commit(&agreements);
    assert_eq!(flows(&mut world, "1", 100), (false, false));
    assert_eq!(flows(&mut world, "2", 0), (true, true));
    // RFC 9429, 5.2.2: with another mid, and another kind if it likes.
    for (mid, kind) in [("3", Kind::Video), ("4", Kind::Audio), ("5", Kind::Video)] {
        agreements.lines[1] = Line {
            mid: mid.to_owned(),
            kind,
            direction: Direction::SendRecv,
        };
        world.commit(&agreements);
        if kind == Kind::Video {
            assert_eq!(flows(&mut world, mid, 0), (true, true), "{mid}");
        } else {
            world.b.events.clear();
            sound::send(&mut world, Side::A, mid, 0, 10);
            world.run(Duration::from_millis(100));
            assert_eq!(sound::heard(&mut world, Side::B).len(), 10);
        }
        assert_eq!(flows(&mut world, "2", 1000), (true, true));
        agreements.stop(mid);
        world.commit(&agreements);
    }
}

#[test]
fn lines_may_be_stopped_from_the_start() {
    let mut agreements = Agreements::new()
        .with("0", Kind::Stopped, Direction::Inactive)
        .video("1")
        .with("2", Kind::Stopped, Direction::Inactive);
    let mut world = World::connected(45, &agreements);
    assert_eq!(flows(&mut world, "1", 0), (true, true));
    agreements.lines[2] = Line {
        mid: "a-long-name-with-dashes".to_owned(),
        kind: Kind::Video,
        direction: Direction::SendRecv,
    };
    world.commit(&agreements);
    assert_eq!(
        flows(&mut world, "a-long-name-with-dashes", 0),
        (true, true)
    );
}
