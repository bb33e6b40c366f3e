//! Who is really there: losses that others learn of, and members that their own device replaces.

use super::*;

#[test]
fn loss_is_announced_after_the_notice() {
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        ("2 lost", ""),
        ("at 1", ""),
        // Nobody knows yet, so the newcomer does not either.
        (
            "3 join r eve",
            "3: m3 joined r beside [m1=ann/ m2=bob/] next t3; 1: +m3=eve/",
        ),
        ("at 2", "1: m2 lost; 3: m2 lost"),
        ("at 29", ""),
        ("1 call m2 one", ""),
        ("3 leave", "3: room left; 1: -m3 Left"),
        (
            "4 join r dan",
            "4: m4 joined r beside [m1=ann/ m2=bob/?] next t4; 1: +m4=dan/",
        ),
        (
            "5 join r bob resume=t2",
            "5: m2 resumed r beside [m1=ann/ m4=dan/] next t5; 5: m1 says one; 1: m2 back; \
             4: m2 back",
        ),
        ("at 100", ""),
    ]);
}

#[test]
fn short_loss_is_not_announced() {
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        ("2 lost", ""),
        ("at 1", ""),
        (
            "3 join r bob resume=t2",
            "3: m2 resumed r beside [m1=ann/] next t3",
        ),
        ("at 100", ""),
        ("3 lost", ""),
        ("at 101", ""),
        ("at 102", "1: m2 lost"),
        ("at 130", "1: -m2 Lost"),
    ]);
}

#[test]
fn lost_members_learn_of_each_other_on_resume() {
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        ("1 lost", ""),
        ("2 lost", ""),
        ("at 3", ""),
        (
            "3 join r ann resume=t1",
            "3: m1 resumed r beside [m2=bob/?] next t3",
        ),
        (
            "4 join r bob resume=t2",
            "4: m2 resumed r beside [m1=ann/] next t4; 3: m2 back",
        ),
    ]);
}

#[test]
fn page_that_goes_away_has_the_short_grace() {
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        ("2 away", ""),
        ("at 1", ""),
        (
            "3 join r bob resume=t2",
            "3: m2 resumed r beside [m1=ann/] next t3",
        ),
        ("3 away", ""),
        ("at 3", "1: m2 lost"),
        ("at 5", ""),
        ("at 6", "1: -m2 Lost"),
        (
            "4 join r bob resume=t3",
            "4: m4 joined r beside [m1=ann/] next t4; 1: +m4=bob/",
        ),
    ]);
}

#[test]
fn device_replaces_its_ghost_at_once() {
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob device=b status=busy",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/busy",
        ),
        ("2 lost", ""),
        (
            "3 join r bob device=b",
            "1: -m2 Lost for m3; 3: m3 joined r beside [m1=ann/] next t3; 1: +m3=bob/",
        ),
        // Its token is worth nothing now.
        ("3 lost", ""),
        ("at 2", "1: m3 lost"),
        (
            "4 join r bob resume=t2 device=b",
            "1: -m3 Lost for m4; 4: m4 joined r beside [m1=ann/] next t4; 1: +m4=bob/",
        ),
        ("at 100", ""),
    ]);
}

#[test]
fn device_never_replaces_a_member_with_a_socket() {
    check(&[
        ("1 join r ann device=a", "1: m1 joined r beside [] next t1"),
        (
            "2 join r ann device=a",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=ann/",
        ),
        ("2 lost", ""),
        (
            "3 join r ann resume=t2 device=a",
            "3: m2 resumed r beside [m1=ann/] next t3",
        ),
        (
            "4 join r ann device=a",
            "4: m4 joined r beside [m1=ann/ m2=ann/] next t4; 1: +m4=ann/; 3: +m4=ann/",
        ),
    ]);
}

#[test]
fn other_devices_and_rooms_replace_nobody() {
    check(&[
        ("1 join r ann device=a", "1: m1 joined r beside [] next t1"),
        (
            "2 join r bob",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        ("1 lost", ""),
        ("2 lost", ""),
        ("3 join s ann device=a", "3: m3 joined s beside [] next t3"),
        (
            "4 join r eve device=e",
            "4: m4 joined r beside [m1=ann/ m2=bob/] next t4",
        ),
        ("5 join r bob", "RoomFull about room:join"),
    ]);
}

#[test]
fn ghosts_do_not_count_for_the_size_of_the_room() {
    check(&[
        ("1 join r ann device=a", "1: m1 joined r beside [] next t1"),
        ("1 lost", ""),
        (
            "2 join r bob device=b",
            "2: m2 joined r beside [m1=ann/] next t2",
        ),
        (
            "3 join r eve",
            "3: m3 joined r beside [m1=ann/ m2=bob/] next t3; 2: +m3=eve/",
        ),
        ("4 join r dan device=d", "RoomFull about room:join"),
        (
            "4 join r ann device=a",
            "2: -m1 Lost for m5; 3: -m1 Lost for m5; \
             4: m5 joined r beside [m2=bob/ m3=eve/] next t5; 2: +m5=ann/; 3: +m5=ann/",
        ),
    ]);
}

#[test]
fn refused_join_replaces_nobody() {
    check(&[
        (
            "1 join r ann device=a proof=p",
            "1: m1 joined r beside [] next t1",
        ),
        (
            "2 join r bob proof=p",
            "2: m2 joined r beside [m1=ann/] next t2; 1: +m2=bob/",
        ),
        ("1 lost", ""),
        ("3 join r ann device=a", "WrongPasscode about room:join"),
        (
            "4 join r ann resume=t1",
            "4: m1 resumed r beside [m2=bob/] next t4",
        ),
    ]);
}

/// The room of a single ghost is the same room: its proof counts.
#[test]
fn ghost_alone_in_its_room_is_replaced() {
    check(&[
        (
            "1 join r ann device=a proof=p",
            "1: m1 joined r beside [] next t1",
        ),
        ("1 lost", ""),
        (
            "2 join r ann device=a proof=q",
            "WrongPasscode about room:join",
        ),
        (
            "2 join r ann device=a proof=p",
            "2: m3 joined r beside [] next t3",
        ),
        ("3 join r bob proof=q", "WrongPasscode about room:join"),
    ]);
}

/// A client that begins to send its device does so with its next resume.
#[test]
fn resume_may_name_the_device() {
    check(&[
        ("1 join r ann", "1: m1 joined r beside [] next t1"),
        ("1 lost", ""),
        (
            "2 join r ann resume=t1 device=a",
            "2: m1 resumed r beside [] next t2",
        ),
        ("2 lost", ""),
        (
            "3 join r ann resume=t2",
            "3: m1 resumed r beside [] next t3",
        ),
        ("3 lost", ""),
        ("4 join r ann device=a", "4: m4 joined r beside [] next t4"),
    ]);
}
