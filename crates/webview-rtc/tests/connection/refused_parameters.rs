//! Negotiated parameters that contradict themselves or earlier ones are refused without any change.

use std::time::Duration;

use webview_rtc::wire::negotiated::{Codec, DtlsRole, Media, NegotiatedParameters, Rtp, Ssrcs};

use crate::{
    audio,
    negotiation::{Negotiation, vp8},
    test_env::{Side, TestEnv, credentials},
};

fn rtp(negotiated: &mut NegotiatedParameters, index: usize) -> &mut Rtp {
    match &mut negotiated.media[index] {
        Media::Audio(rtp) | Media::Video(rtp) => rtp,
        Media::Application { .. } | Media::Stopped { .. } => panic!("no RTP at {index}"),
    }
}

fn negotiation() -> Negotiation {
    Negotiation::new().audio("0").video("1").application("2")
}

/// Checks that the first parameters are refused after `change`.
fn check(what: &str, change: impl FnOnce(&mut NegotiatedParameters)) {
    let mut env = TestEnv::new(81);
    let mut negotiated = negotiation().of(&env.a, &env.b, Side::A);
    change(&mut negotiated);
    let now = env.now;
    let refused = env.a.session.commit(&negotiated, now);
    assert!(refused.is_err(), "{what}");
}

#[test]
fn malformed_parameters_are_refused() {
    check("no fingerprint", |it| it.remote_fingerprints.clear());
    check("sha-1 alone", |it| {
        it.remote_fingerprints[0].algorithm = "sha-1".to_owned();
    });
    check("half a fingerprint", |it| {
        it.remote_fingerprints[0].value.truncate(47);
    });
    check("a short password", |it| {
        it.remote.password = "short".to_owned()
    });
    check("a password of two lines", |it| {
        it.remote.password.push_str("\r\na=candidate:");
    });
    check("no local fragment", |it| it.local.username_fragment.clear());
    check("a mid of two lines", |it| {
        rtp(it, 0).mid = "0\r\na=sendrecv".to_owned();
    });
    check("an empty mid", |it| rtp(it, 0).mid.clear());
    check("a mid twice", |it| rtp(it, 1).mid = "0".to_owned());
    check("no codec", |it| rtp(it, 1).codecs.clear());
    check("a codec that nobody has", |it| {
        rtp(it, 1).codecs[0].name = "AV1".to_owned();
    });
    check("a codec of the other kind", |it| {
        rtp(it, 0).codecs.push(vp8());
    });
    check("a wrong clock", |it| rtp(it, 0).codecs[0].clock_rate = 8000);
    check("a payload type twice", |it| {
        rtp(it, 1).codecs[1].payload_type = 120;
    });
    check("a payload type of RTCP", |it| {
        rtp(it, 1).codecs[0].payload_type = 72;
    });
    check("a payload type of two kinds", |it| {
        rtp(it, 1).codecs[0].payload_type = 109;
    });
    check("retransmissions in the codec's place", |it| {
        rtp(it, 1).codecs[0].rtx = Some(120);
    });
    check("a header extension 0", |it| rtp(it, 0).extensions[0].id = 0);
    check("a header extension that means two things", |it| {
        rtp(it, 0).extensions[0].id = 2;
    });
    check("an SSRC twice", |it| {
        let taken = rtp(it, 0).send.ssrc;
        rtp(it, 1).send.rtx = Some(taken);
    });
    check("an SSRC 0", |it| {
        rtp(it, 0).receive = vec![Ssrcs { ssrc: 0, rtx: None }];
    });
    check("another SCTP port", |it| {
        it.media[2] = Media::Application {
            mid: "2".to_owned(),
            sctp_port: 5001,
            max_message_size: 0,
        };
    });
    check("a thousand m-lines", |it| {
        let stopped = |index: usize| Media::Stopped {
            mid: format!("s{index}"),
        };
        it.media.extend((0..1000).map(stopped));
    });
}

/// Checks that second parameters are refused after `change`, and the call continues with the first.
fn check_second(what: &str, change: impl FnOnce(&mut NegotiatedParameters)) {
    let mut env = TestEnv::connected(82, &negotiation());
    let mut negotiated = negotiation().of(&env.a, &env.b, Side::A);
    change(&mut negotiated);
    let now = env.now;
    let refused = env.a.session.commit(&negotiated, now);
    assert!(refused.is_err(), "{what}");
    env.settle();
    env.b.events.clear();
    audio::send(&mut env, Side::A, "0", 0, 10);
    env.run(Duration::from_millis(100));
    assert_eq!(audio::received_audio(&mut env, Side::B).len(), 10, "{what}");
}

#[test]
fn parameters_that_contradict_the_first_are_refused() {
    check_second("fewer m-lines", |it| {
        it.media.pop();
    });
    check_second("m-lines in another order", |it| it.media.swap(0, 1));
    check_second("another mid", |it| rtp(it, 0).mid = "x".to_owned());
    check_second("another kind", |it| {
        let mut video = rtp(it, 1).clone();
        video.mid = "0".to_owned();
        video.send = Ssrcs { ssrc: 5, rtx: None };
        video.receive = Vec::new();
        it.media[0] = Media::Video(video);
    });
    check_second("another DTLS role", |it| it.dtls_role = DtlsRole::Client);
    check_second("another certificate", |it| {
        let value = &mut it.remote_fingerprints[0].value;
        let last = if value.ends_with('0') { "1" } else { "0" };
        value.replace_range(94.., last);
    });
    check_second("half an ICE restart", |it| it.remote = credentials("b", 1));
    check_second("the other half", |it| it.local = credentials("a", 1));
    check_second("another meaning of a payload type", |it| {
        rtp(it, 1).codecs = vec![Codec {
            payload_type: 97,
            ..vp8()
        }];
    });
}

#[test]
fn parameters_without_media_sections_are_accepted() {
    let mut env = TestEnv::new(83);
    let negotiated = Negotiation::new().of(&env.a, &env.b, Side::A);
    let now = env.now;
    assert_eq!(env.a.session.commit(&negotiated, now), Ok(()));
    env.settle();
    env.run(Duration::from_secs(40));
    assert!(env.a.events.is_empty());
}
