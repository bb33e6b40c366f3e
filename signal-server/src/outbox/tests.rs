//! The queue of one socket: order, bounds, shares and ends.

use signal_protocol::{
    Delivered, DeliveredKind, Email, ErrorCode, ErrorMessage, LeaveReason, MemberId, Participant,
    Payload, ServerMessage, Status,
};

use super::*;

fn frame(text: &str) -> Frame {
    Frame::encode(&ServerMessage::Error(ErrorMessage::new(
        ErrorCode::BadMessage,
        text,
    )))
}

const STALL: Duration = Duration::from_secs(10);

fn outbox(messages: usize, bytes: usize) -> Outbox {
    Outbox::new(OutboxLimits {
        messages,
        bytes,
        stall: STALL,
    })
}

fn directed(from: &str, bytes: usize) -> Frame {
    Frame::encode(&ServerMessage::Delivered(Delivered {
        kind: DeliveredKind::PeerCandidate,
        from: MemberId::new(from),
        payload: Payload::from_text(&"x".repeat(bytes)),
    }))
}

fn send(outbox: &Outbox, text: &str) -> Result<(), Frame> {
    match outbox.try_send(frame(text), Instant::now()) {
        Ok(wake) => {
            wake.wake();
            Ok(())
        }
        Err(not_sent) => {
            not_sent.wake.wake();
            Err(not_sent.frame)
        }
    }
}

fn next(outbox: &Outbox) -> Poll<Outgoing> {
    outbox.poll_next(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn frames_keep_their_order() {
    let outbox = outbox(4, 10_000);
    send(&outbox, "one").unwrap();
    send(&outbox, "two").unwrap();
    assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(frame("one"))));
    assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(frame("two"))));
    assert_eq!(next(&outbox), Poll::Pending);
}

#[test]
fn one_message_too_many_closes_the_outbox() {
    let outbox = outbox(2, 10_000);
    send(&outbox, "one").unwrap();
    send(&outbox, "two").unwrap();
    assert_eq!(send(&outbox, "three"), Err(frame("three")));
    assert_eq!(
        next(&outbox),
        Poll::Ready(Outgoing::Close(CloseCode::TooSlow))
    );
    assert_eq!(outbox.take_unsent(), [frame("one"), frame("two")]);
    assert_eq!(send(&outbox, "four"), Err(frame("four")));
}

#[test]
fn one_byte_too_many_closes_the_outbox() {
    let room = 2 * frame("one").bytes();
    let outbox = outbox(100, room);
    send(&outbox, "one").unwrap();
    send(&outbox, "two").unwrap();
    assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(frame("one"))));
    assert_eq!(send(&outbox, "four"), Err(frame("four")));
}

#[test]
fn frame_above_the_bound_passes_an_empty_queue() {
    let outbox = outbox(1, 1);
    send(&outbox, "one").unwrap();
    assert_eq!(send(&outbox, "two"), Err(frame("two")));
}

#[test]
fn idle_reader_is_woken_for_a_frame() {
    let outbox = outbox(4, 10_000);
    for _ in 0..2 {
        assert_eq!(next(&outbox), Poll::Pending);
        assert_eq!(next(&outbox), Poll::Pending);
        let wake = outbox.try_send(frame("one"), Instant::now()).unwrap();
        assert!(wake.0.is_some());
        assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(frame("one"))));
    }
    assert_eq!(next(&outbox), Poll::Pending);
    assert!(outbox.close(CloseCode::TakenOver).0.is_some());
    assert_eq!(
        next(&outbox),
        Poll::Ready(Outgoing::Close(CloseCode::TakenOver))
    );
    let outbox = self::outbox(4, 10_000);
    assert_eq!(next(&outbox), Poll::Pending);
    assert_eq!(outbox.take_unsent(), []);
    assert_eq!(
        next(&outbox),
        Poll::Ready(Outgoing::Close(CloseCode::GoingAway))
    );
}

#[test]
fn first_close_code_is_kept() {
    let outbox = outbox(1, 1);
    outbox.close(CloseCode::TakenOver).wake();
    outbox.close(CloseCode::TooSlow).wake();
    assert_eq!(
        next(&outbox),
        Poll::Ready(Outgoing::Close(CloseCode::TakenOver))
    );
}

/// Sends until a frame is refused. Returns the number of accepted frames and the reason.
fn flood(outbox: &Outbox, from: &str, bytes: usize, now: Instant) -> (usize, NotSentReason) {
    for sent in 0.. {
        match outbox.try_send(directed(from, bytes), now) {
            Ok(wake) => wake.wake(),
            Err(not_sent) => {
                not_sent.wake.wake();
                return (sent, not_sent.reason);
            }
        }
    }
    unreachable!("nothing bounds the queue")
}

#[test]
fn flood_of_senders_leaves_room_for_another() {
    let now = Instant::now();
    for (bytes, senders) in [(10, 1), (10, 11), (60_000, 1), (60_000, 11), (3_000, 63)] {
        let outbox = outbox(256, 1024 * 1024);
        for sender in 0..senders {
            let (_, reason) = flood(&outbox, &format!("m{sender}"), bytes, now);
            assert_eq!(reason, NotSentReason::ShareFull);
        }
        let honest = outbox.try_send(directed("ann", 1000), now);
        assert!(honest.is_ok(), "{senders} senders of {bytes} bytes");
        assert!(outbox.depth().bytes <= 1024 * 1024);
    }
}

#[test]
fn sender_can_continue_after_its_frames_were_read() {
    let now = Instant::now();
    let outbox = outbox(8, 1024 * 1024);
    assert_eq!(
        flood(&outbox, "ann", 10, now),
        (3, NotSentReason::ShareFull)
    );
    assert_eq!(
        flood(&outbox, "ben", 10, now),
        (2, NotSentReason::ShareFull)
    );
    for _ in 0..2 {
        assert!(next(&outbox).is_ready());
    }
    assert_eq!(
        flood(&outbox, "ann", 10, now),
        (1, NotSentReason::ShareFull)
    );
    while next(&outbox).is_ready() {}
    assert_eq!(
        flood(&outbox, "ann", 10, now),
        (3, NotSentReason::ShareFull)
    );
}

#[test]
fn reading_socket_is_never_closed_by_a_sender() {
    let start = Instant::now();
    let outbox = outbox(8, 1024 * 1024);
    for second in 0..100 {
        let now = start + Duration::from_secs(second);
        let (_, reason) = flood(&outbox, "ann", 10, now);
        assert_eq!(reason, NotSentReason::ShareFull, "after {second} s");
        if second % 9 == 8 {
            assert!(next(&outbox).is_ready());
        }
    }
}

#[test]
fn socket_that_reads_nothing_is_closed_after_the_stall() {
    let start = Instant::now();
    let outbox = outbox(8, 1024 * 1024);
    let at = |seconds| start + Duration::from_secs(seconds);
    for second in 0..10 {
        assert_eq!(
            flood(&outbox, "ann", 10, at(second)).1,
            NotSentReason::ShareFull
        );
    }
    assert_eq!(
        flood(&outbox, "ben", 10, at(10)),
        (2, NotSentReason::Closed)
    );
    assert_eq!(
        flood(&outbox, "ben", 10, at(11)),
        (0, NotSentReason::Closed)
    );
    let close = Outgoing::Close(CloseCode::TooSlow);
    assert_eq!(next(&outbox), Poll::Ready(close));
}

fn status(from: &str, number: usize) -> Frame {
    Frame::encode(&ServerMessage::UserStatus {
        from: MemberId::new(from),
        status: Status::parse(&number.to_string()).unwrap(),
    })
}

#[test]
fn newer_status_replaces_the_older_one() {
    let now = Instant::now();
    let outbox = outbox(4, 1024 * 1024);
    for number in 0..1000 {
        for from in ["ann", "ben"] {
            outbox.try_send(status(from, number), now).unwrap().wake();
        }
    }
    outbox.try_send(frame("kept"), now).unwrap().wake();
    let expect = [status("ann", 999), status("ben", 999), frame("kept")];
    for expect in expect {
        assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(expect)));
    }
    assert_eq!(outbox.depth(), Depth::default());
}

#[test]
fn queued_status_stays_before_the_message_that_needs_it() {
    let now = Instant::now();
    let outbox = outbox(64, 1024 * 1024);
    let send = |frame| outbox.try_send(frame, now).unwrap().wake();
    let mut expect = vec![];
    for number in 0..10 {
        expect.extend([status("ann", number), directed("ann", 10 + number)]);
    }
    expect.iter().cloned().for_each(send);
    for expect in expect {
        assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(expect)));
    }
}

/// Above half of the queue the order changes, and the reader is not closed.
#[test]
fn statuses_between_messages_fill_no_queue() {
    let now = Instant::now();
    let outbox = outbox(64, 1024 * 1024);
    for number in 0..1000 {
        outbox.try_send(status("ann", number), now).unwrap().wake();
        // Above its share, the sender gets an error.
        let _ = outbox.try_send(directed("ann", 10), now);
    }
    outbox.try_send(frame("kept"), now).unwrap().wake();
    let mut last = None;
    while let Poll::Ready(Outgoing::Frame(frame)) = next(&outbox) {
        last = Some(frame)
            .filter(|frame| frame.kind() == FrameKind::Status)
            .or(last);
    }
    assert_eq!(last, Some(status("ann", 999)));
}

#[test]
fn member_that_joins_and_leaves_unseen_is_removed() {
    let now = Instant::now();
    let outbox = outbox(4, 1024 * 1024);
    let joined = |id: &str| {
        Frame::encode(&ServerMessage::UserJoined {
            user: Participant {
                id: MemberId::new(id),
                email: Email::parse("eve").unwrap(),
                status: None,
                lost: false,
            },
        })
    };
    let lost = |id: &str| {
        Frame::encode(&ServerMessage::UserLost {
            id: MemberId::new(id),
        })
    };
    let left = |id: &str| {
        Frame::encode(&ServerMessage::UserLeft {
            id: MemberId::new(id),
            reason: LeaveReason::Left,
            replaced_by: None,
        })
    };
    let send = |frame| outbox.try_send(frame, now).unwrap().wake();
    send(left("ann"));
    for number in 0..1000 {
        let id = format!("m{number}");
        send(joined(&id));
        send(directed(&id, 10));
        send(lost(&id));
        send(left(&id));
    }
    send(joined("ben"));
    for expect in [left("ann"), joined("ben")] {
        assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(expect)));
    }
    assert_eq!(outbox.depth(), Depth::default());
    // A member whose join was sent gets its leave sent.
    send(left("ben"));
    assert_eq!(next(&outbox), Poll::Ready(Outgoing::Frame(left("ben"))));
}
