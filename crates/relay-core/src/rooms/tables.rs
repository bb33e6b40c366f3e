//! Tables of the room rules: input of a socket on the left, output to sockets on the right.
//!
//! The nth join draws the id `mn` and the token `tn`. Times are seconds since the start.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use signal_protocol::{
    Delivered, DeliveredKind, DeviceId, Directed, DirectedKind, Email, ErrorMessage, LeaveReason,
    MemberId, Participant, Payload, ResumeToken, RoomJoin, RoomName, ServerMessage, Status,
};

mod who_is_there;

use super::{BacklogLimits, Credentials, Loss, Output, RoomSettings, RoomShare, Rooms, SocketId};
use crate::{admission::AddressKey, frame::Frame};

fn empty_rooms() -> Rooms {
    Rooms::new(RoomSettings {
        members: 3,
        share: RoomShare::new(3, 0),
        message_bytes: 65536,
        grace: Duration::from_secs(30),
        away_grace: Duration::from_secs(5),
        lost_notice: Duration::from_secs(2),
        backlog: BacklogLimits {
            messages: 3,
            bytes: 1000,
        },
        node: None,
    })
}

fn check(table: &[(&str, &str)]) {
    let start = Instant::now();
    let mut now = start;
    let mut rooms = empty_rooms();
    let mut joins = 0;
    for (index, (step, expect)) in table.iter().enumerate() {
        let words: Vec<&str> = step.split(' ').collect();
        let outputs = if let ["at", seconds] = words[..] {
            now = start + Duration::from_secs(seconds.parse().unwrap());
            Ok(rooms.handle_timeout(now))
        } else {
            let socket = SocketId(words[0].parse().unwrap());
            run(&mut rooms, now, socket, &words[1..], &mut joins)
        };
        let shown = match outputs {
            Ok(outputs) => show_all(&outputs),
            Err((outputs, error)) => {
                let mut shown = show_all(&outputs);
                shown.push(show_error(&error));
                shown
            }
        };
        assert_eq!(shown.join("; "), *expect, "step {index}: {step}");
    }
}

type Outcome = Result<Vec<Output>, (Vec<Output>, ErrorMessage)>;

fn run(
    rooms: &mut Rooms,
    now: Instant,
    socket: SocketId,
    words: &[&str],
    joins: &mut u32,
) -> Outcome {
    let alone = |error| (Vec::new(), error);
    match words {
        ["join", room, email, options @ ..] => {
            *joins += 1;
            let option = |name: &str| {
                options
                    .iter()
                    .find_map(|option| option.strip_prefix(name)?.strip_prefix('='))
            };
            let join = RoomJoin {
                room: RoomName::parse(room).unwrap(),
                email: Email::parse(email).unwrap(),
                status: option("status").map(|status| Status::parse(status).unwrap()),
                proof: option("proof").map(str::to_owned),
                resume: option("resume").map(ResumeToken::new),
                device: option("device").map(device),
            };
            let credentials = Credentials {
                id: MemberId::new(&format!("m{joins}")),
                resume: ResumeToken::new(&format!("t{joins}")),
            };
            let address = AddressKey::new([127, 0, 0, 1].into());
            rooms
                .handle_join(socket, address, join, credentials)
                .map_err(alone)
        }
        ["leave"] => rooms.handle_leave(socket).map_err(alone),
        ["status", status] => rooms
            .handle_status(socket, Status::parse(status).unwrap())
            .map_err(alone),
        ["call", to, text] => {
            let directed = Directed {
                kind: DirectedKind::UserCall,
                to: MemberId::new(to),
                payload: Payload::from_text(text),
            };
            match rooms.handle_directed(socket, directed.as_frame()) {
                (outputs, Ok(())) => Ok(outputs.into_vec()),
                (outputs, Err(error)) => Err((outputs.into_vec(), error)),
            }
        }
        ["lost", unsent @ ..] => {
            let unsent: VecDeque<Frame> = unsent.iter().map(|text| unsent_frame(text)).collect();
            Ok(rooms.handle_lost(now, socket, unsent, Loss::Broken))
        }
        ["away"] => Ok(rooms.handle_lost(now, socket, VecDeque::new(), Loss::Away)),
        ["too-slow", unsent @ ..] => {
            let unsent: VecDeque<Frame> = unsent.iter().map(|text| unsent_frame(text)).collect();
            Ok(rooms.handle_lost(now, socket, unsent, Loss::TooSlow))
        }
        _ => panic!("no step: {words:?}"),
    }
}

/// The secret of the device of this name.
fn device(name: &str) -> DeviceId {
    DeviceId::parse(&format!("device-{name:0>16}")).unwrap()
}

/// `pong`, or a call that carries the text, from the member before a colon or else from `m9`.
fn unsent_frame(text: &str) -> Frame {
    let (from, said) = text.split_once(':').unwrap_or(("m9", text));
    Frame::encode(&match text {
        "pong" => ServerMessage::Pong,
        _ => ServerMessage::Delivered(Delivered {
            kind: DeliveredKind::IncomingCall,
            from: MemberId::new(from),
            payload: Payload::from_text(said),
        }),
    })
}

fn show_all(outputs: &[Output]) -> Vec<String> {
    outputs.iter().filter_map(show).collect()
}

/// `Output::Gone` is ignored here; its own test checks it.
fn show(output: &Output) -> Option<String> {
    match output {
        Output::Send { to, frame } => {
            let message = ServerMessage::decode(frame.as_str()).unwrap();
            Some(format!("{}: {}", to.0, show_message(&message)))
        }
        Output::Welcome { to, joined } => {
            let message = ServerMessage::RoomJoined(joined.clone());
            Some(format!("{}: {}", to.0, show_message(&message)))
        }
        Output::Gone { .. } => None,
        Output::TakeOver { old, new } => Some(format!("{} takes over {}", new.0, old.0)),
        Output::HandOver(_) | Output::Moved(_) | Output::Restart(_) | Output::Tell(_) => {
            panic!("there is one node only")
        }
    }
}

fn show_message(message: &ServerMessage) -> String {
    match message {
        ServerMessage::RoomJoined(joined) => {
            let others: Vec<String> = joined.participants.iter().map(show_user).collect();
            format!(
                "{} {} {} beside [{}] next {}",
                joined.myself.id,
                if joined.resumed { "resumed" } else { "joined" },
                joined.room,
                others.join(" "),
                joined.resume.as_str(),
            )
        }
        ServerMessage::RoomLeft => "room left".to_owned(),
        ServerMessage::UserJoined { user } => format!("+{}", show_user(user)),
        ServerMessage::UserLeft {
            id,
            reason,
            replaced_by,
        } => {
            let by = replaced_by.as_ref().map(|id| format!(" for {id}"));
            format!("-{id} {reason:?}{}", by.unwrap_or_default())
        }
        ServerMessage::UserLost { id } => format!("{id} lost"),
        ServerMessage::UserBack { id } => format!("{id} back"),
        ServerMessage::UserStatus { from, status } => format!("{from} is {}", status.as_str()),
        ServerMessage::Delivered(delivered) => {
            format!(
                "{} says {}",
                delivered.from,
                delivered.payload.to_text().unwrap()
            )
        }
        ServerMessage::Error(error) => show_error(error),
        ServerMessage::IceServers { .. } | ServerMessage::Pong => panic!("no answer of rooms"),
    }
}

fn show_user(user: &Participant) -> String {
    let status = user.status.as_ref().map_or("", Status::as_str);
    let lost = if user.lost { "?" } else { "" };
    format!("{}={}/{status}{lost}", user.id, user.email.as_str())
}

fn show_error(error: &ErrorMessage) -> String {
    let about = error.about.as_deref().unwrap_or("-");
    format!("{:?} about {about}", error.code)
}

#[test]
fn each_pair_learns_of_each_other_once() {
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob status=busy",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/busy",
        ),
        ("1 status free", "2: m1 is free"),
        (
            "3 join r ann",
            "3: m3 joined r beside [m1=ann/free m2=bob/busy] next t3; 1: +m3=ann/; 2: +m3=ann/",
        ),
        ("2 leave", "2: room left; 1: -m2 Left; 3: -m2 Left"),
        (
            "2 join r bob",
            "2: m4 joined r beside [m1=ann/free m3=ann/] next t4; 1: +m4=bob/; 3: +m4=bob/",
        ),
    ]);
}

#[test]
fn messages_reach_their_receiver_only() {
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        ("3 join s eve", "3: m3 joined s beside [] next t3"),
        ("1 call m2 hello", "2: m1 says hello"),
        ("1 call m3 hello", "NoSuchUser about user:call"),
        ("1 call m1 hello", "NoSuchUser about user:call"),
        ("1 call nobody hello", "NoSuchUser about user:call"),
        ("3 call m1 hello", "NoSuchUser about user:call"),
    ]);
}

#[test]
fn socket_outside_of_a_room_can_only_join() {
    check(&[
        ("1 leave", "NotJoined about room:leave"),
        ("1 status busy", "NotJoined about user:status"),
        ("1 call m1 hello", "NotJoined about user:call"),
        ("1 lost", ""),
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        ("1 join r ann", "AlreadyJoined about room:join"),
        ("1 join s ann resume=t1", "AlreadyJoined about room:join"),
        ("1 leave", "1: room left"),
        ("1 leave", "NotJoined about room:leave"),
        ("1 join s ann", "1: m4 joined s beside [] next t4"),
    ]);
}

#[test]
fn full_room_counts_lost_members() {
    check(&[
        ("1 join r a", "1: m1 joined r beside [] next t1"),
        (
            "2 join r b",
            "2: m2 joined r beside [m1=a/] next t2; 1: +m2=b/",
        ),
        (
            "3 join r c",
            "3: m3 joined r beside [m1=a/ m2=b/] next t3; 1: +m3=c/; 2: +m3=c/",
        ),
        ("4 join r d", "RoomFull about room:join"),
        ("3 lost", ""),
        ("4 join r d", "RoomFull about room:join"),
        (
            "4 join r d resume=t3",
            "4: m3 resumed r beside [m1=a/ m2=b/] next t6",
        ),
        ("1 leave", "1: room left; 2: -m1 Left; 4: -m1 Left"),
        (
            "5 join r e",
            "5: m7 joined r beside [m2=b/ m3=c/] next t7; 2: +m7=e/; 4: +m7=e/",
        ),
    ]);
}

#[test]
fn first_member_sets_the_proof() {
    check(&[
        ("1 join r ann proof=p", "1: m1 joined r beside [] next t1"),
        ("2 join r bob", "WrongPasscode about room:join"),
        ("2 join r bob proof=q", "WrongPasscode about room:join"),
        (
            "2 join r bob proof=p",
            "2: m4 joined r beside [m1=ann/] next t4; 1: +m4=bob/",
        ),
        ("1 leave", "1: room left; 2: -m1 Left"),
        ("1 join r ann proof=q", "WrongPasscode about room:join"),
        ("2 leave", "2: room left"),
        ("1 join r ann proof=q", "1: m6 joined r beside [] next t6"),
        ("3 join s eve", "3: m7 joined s beside [] next t7"),
        ("2 join s bob proof=p", "WrongPasscode about room:join"),
    ]);
}

#[test]
fn resume_is_silent_and_delivers_the_backlog() {
    // Other members do not notice the loss and the resume.
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob status=busy",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/busy",
        ),
        ("2 lost", ""),
        ("1 call m2 one", ""),
        ("1 status free", ""),
        (
            "3 join r eve",
            "3: m3 joined r beside [m1=ann/free m2=bob/busy] next t3; 1: +m3=eve/",
        ),
        ("3 call m2 two", ""),
        ("1 call m2 three", ""),
        ("at 1", ""),
        (
            "4 join r x resume=t2",
            "4: m2 resumed r beside [m1=ann/free m3=eve/] next t4; 4: m1 says one; 4: m3 says two; 4: m1 says three",
        ),
        ("at 100", ""),
        ("1 call m2 four", "4: m1 says four"),
        ("4 call m1 five", "1: m2 says five"),
        ("2 call m1 six", "NotJoined about user:call"),
    ]);
}

#[test]
fn backlog_follows_unsent_frames_of_the_old_socket() {
    // Messages to a lost member come after the frames that its old socket did not send.
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        ("2 lost one pong two", ""),
        ("1 call m2 three", ""),
        (
            "3 join r bob resume=t2",
            "3: m2 resumed r beside [m1=ann/] next t3; 3: m9 says one; 3: m9 says two; 3: m1 says three",
        ),
    ]);
}

#[test]
fn resume_may_change_the_status() {
    check(&[
        (
            "1 join r ann status=free",
            "1: m1 joined r beside [] next t1",
        ),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/free] next t2; 1: +m2=bob/",
        ),
        ("1 lost", ""),
        (
            "3 join r ann resume=t1 status=free",
            "3: m1 resumed r beside [m2=bob/] next t3",
        ),
        ("3 lost", ""),
        (
            "4 join r ann resume=t3",
            "4: m1 resumed r beside [m2=bob/] next t4",
        ),
        ("4 lost", ""),
        (
            "5 join r ann resume=t4 status=busy",
            "5: m1 resumed r beside [m2=bob/] next t5; 2: m1 is busy",
        ),
        (
            "6 join r eve",
            "6: m6 joined r beside [m1=ann/busy m2=bob/] next t6; 5: +m6=eve/; 2: +m6=eve/",
        ),
    ]);
}

#[test]
fn resume_token_is_single_use_and_bound_to_its_room() {
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        ("1 lost", ""),
        ("2 join s ann resume=t1", "2: m2 joined s beside [] next t2"),
        ("2 leave", "2: room left"),
        (
            "2 join r ann resume=t1",
            "2: m1 resumed r beside [] next t3",
        ),
        (
            "3 join r ann resume=t1",
            "3: m4 joined r beside [m1=ann/] next t4; 2: +m4=ann/",
        ),
        ("2 leave", "2: room left; 3: -m1 Left"),
        (
            "2 join r ann resume=t3",
            "2: m5 joined r beside [m4=ann/] next t5; 3: +m5=ann/",
        ),
    ]);
}

#[test]
fn open_socket_is_taken_over() {
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        (
            "3 join r bob resume=t2",
            "3: m2 resumed r beside [m1=ann/] next t3; 3 takes over 2",
        ),
        ("1 call m2 hello", "3: m1 says hello"),
        ("2 call m1 hello", "NotJoined about user:call"),
        ("2 lost", ""),
        ("at 100", ""),
        ("1 call m2 hello", "3: m1 says hello"),
    ]);
}

#[test]
fn lost_member_is_removed_after_the_grace_period() {
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        (
            "3 join r eve",
            "3: m3 joined r beside [m1=ann/ m2=bob/] next t3; 1: +m3=eve/; 2: +m3=eve/",
        ),
        ("2 lost", ""),
        ("at 10", "1: m2 lost; 3: m2 lost"),
        ("3 lost", ""),
        ("at 29", "1: m3 lost"),
        ("at 30", "1: -m2 Lost"),
        ("1 call m2 hello", "NoSuchUser about user:call"),
        (
            "2 join r bob resume=t2",
            "2: m4 joined r beside [m1=ann/ m3=eve/?] next t4; 1: +m4=bob/",
        ),
        ("at 40", "1: -m3 Lost; 2: -m3 Lost"),
        ("1 lost", ""),
        ("2 lost", ""),
        ("at 70", ""),
        ("5 join r new proof=p", "5: m5 joined r beside [] next t5"),
    ]);
}

/// A full backlog once removed its member, so any sender could remove it.
#[test]
fn flood_to_a_lost_member_is_refused_and_removes_none() {
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        (
            "3 join r cat",
            "3: m3 joined r beside [m1=ann/ m2=bob/] next t3; 1: +m3=cat/; 2: +m3=cat/",
        ),
        ("2 lost", ""),
        ("1 call m2 one", ""),
        ("1 call m2 two", ""),
        ("1 call m2 three", ""),
        ("1 call m2 four", "RateLimited about user:call"),
        ("3 call m2 five", ""),
        ("1 call m2 six", "RateLimited about user:call"),
        (
            "4 join r bob resume=t2",
            "4: m2 resumed r beside [m1=ann/ m3=cat/] next t4; 4: m1 says one; 4: m1 says two; \
             4: m1 says three; 4: m3 says five",
        ),
        ("1 call m2 seven", "4: m1 says seven"),
        ("at 100", ""),
    ]);
}

#[test]
fn bytes_above_the_backlog_are_refused() {
    let long = "x".repeat(500);
    let call = format!("1 call m2 {long}");
    let said = format!("3: m2 resumed r beside [m1=ann/] next t3; 3: m1 says {long}");
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        ("2 lost", ""),
        (&call, ""),
        (&call, "RateLimited about user:call"),
        ("3 join r bob resume=t2", &said),
    ]);
}

#[test]
fn unread_socket_with_full_backlog_loses_its_member() {
    // A socket that reads nothing and has more unsent frames than the backlog holds.
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        ("2 too-slow one two three four", "1: -m2 Lost"),
        (
            "3 join r bob resume=t2",
            "3: m3 joined r beside [m1=ann/] next t3; 1: +m3=bob/",
        ),
        ("at 100", ""),
    ]);
}

/// Otherwise a sender could remove a member by filling its queue.
#[test]
fn member_of_a_broken_socket_stays_with_many_unsent_frames() {
    check(&[
        ("1 join r m9", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=m9/] next t2; 1: +m2=bob/",
        ),
        (
            "2 lost m1:one m1:two m1:three m1:four five",
            "1: RateLimited about user:call",
        ),
        (
            "3 join r bob resume=t2",
            "3: m2 resumed r beside [m1=m9/] next t3; 3: m1 says one; 3: m1 says two; \
             3: m1 says three; 3: m9 says five",
        ),
    ]);
}

#[test]
fn departure_output_has_the_reason() {
    let mut rooms = empty_rooms();
    let now = Instant::now();
    let mut joins = 0;
    for socket in [1, 2] {
        let words = ["join", "r", "a@x"];
        run(&mut rooms, now, SocketId(socket), &words, &mut joins).unwrap();
    }
    let gone = |outputs: Vec<Output>| -> Vec<(String, LeaveReason)> {
        let told = outputs.into_iter().filter_map(|output| match output {
            Output::Gone { member, reason } => Some((member.as_str().to_owned(), reason)),
            Output::Send { .. }
            | Output::Welcome { .. }
            | Output::TakeOver { .. }
            | Output::HandOver(_)
            | Output::Moved(_)
            | Output::Restart(_)
            | Output::Tell(_) => None,
        });
        told.collect()
    };
    let left = rooms.handle_leave(SocketId(1)).unwrap();
    assert_eq!(gone(left), [("m1".to_owned(), LeaveReason::Left)]);
    let lost = rooms.handle_lost(now, SocketId(2), VecDeque::new(), Loss::Broken);
    assert_eq!(gone(lost), []);
    let given_up = rooms.handle_timeout(now + Duration::from_secs(30));
    assert_eq!(gone(given_up), [("m2".to_owned(), LeaveReason::Lost)]);
}
