//! The vectors of epochs and notices, which the page's tests check too.

use serde::Deserialize;

use crate::{
    Vectors, bytes,
    bytes::hex,
    entry::{Entry, Epoch, Introduction, NOTICE, Notice, split_notice},
    implementation::{
        PairKeys, Refusal, RoomKeys, Said, open_payload, open_status, seal_payload, seal_status,
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryVectors {
    epochs: Vec<EpochRow>,
    refused_epochs: Vec<RefusedText>,
    status: StatusRow,
    introductions: Vec<IntroductionRow>,
    refused_introductions: Vec<RefusedIntroduction>,
    notices: Vec<NoticeRow>,
    refused_notices: Vec<RefusedNotice>,
    refused_contents: Vec<RefusedContent>,
    no_notices: Vec<String>,
    greeting: Greeting,
}

#[derive(Deserialize)]
struct EpochRow {
    number: u32,
    maker: String,
    entry: Entry,
    secret: String,
    removed: Vec<String>,
    text: String,
    status: String,
}

#[derive(Deserialize)]
struct RefusedText {
    why: String,
    text: String,
}

#[derive(Deserialize)]
struct StatusRow {
    epoch: usize,
    visit: usize,
    #[serde(flatten)]
    said: Said,
    nonce: String,
    #[serde(rename = "box")]
    sealed: String,
}

#[derive(Deserialize)]
struct IntroductionRow {
    visit: usize,
    id: String,
    text: String,
}

#[derive(Deserialize)]
struct RefusedIntroduction {
    why: String,
    reason: Refusal,
    text: String,
}

#[derive(Deserialize)]
struct NoticeRow {
    from: String,
    to: String,
    counter: u64,
    content: String,
    payload: String,
}

#[derive(Deserialize)]
struct RefusedNotice {
    why: String,
    reason: Refusal,
    from: String,
    to: String,
    last: u64,
    payload: String,
}

#[derive(Deserialize)]
struct RefusedContent {
    why: String,
    content: String,
}

#[derive(Deserialize)]
struct Greeting {
    from: String,
    counter: u64,
    nonce: String,
    payload: String,
}

impl EntryVectors {
    fn read() -> Self {
        serde_json::from_str(include_str!("../../testdata/entry-vectors.json")).unwrap()
    }
}

impl Vectors {
    /// The keys that `id` shares with the other one of the pair.
    fn shared_by(&self, id: &str) -> PairKeys {
        let (low, high) = (&self.pair.low, &self.pair.high);
        let (own, other) = if id == low.id {
            (low, high)
        } else {
            (high, low)
        };
        self.derived(own, other)
    }

    fn visit_of(&self, id: &str) -> usize {
        let (low, high) = (&self.pair.low, &self.pair.high);
        if id == low.id { low.visit } else { high.visit }
    }
}

#[test]
fn epoch_is_written_and_read() {
    for row in EntryVectors::read().epochs {
        let epoch = Epoch::read(&row.text).unwrap();
        assert_eq!(
            (epoch.number, &epoch.maker, epoch.entry, &epoch.removed),
            (row.number, &row.maker, row.entry, &row.removed)
        );
        assert_eq!(epoch.secret().map(|secret| hex(&secret)), Some(row.secret));
        assert_eq!(hex(&epoch.status_key()), row.status);
        assert_eq!(epoch.write(), row.text);
    }
}

#[test]
fn epoch_stands_over_those_before_it() {
    let epochs: Vec<Epoch> = EntryVectors::read()
        .epochs
        .iter()
        .map(|row| Epoch::read(&row.text).unwrap())
        .collect();
    for (at, epoch) in epochs.iter().enumerate() {
        for (before, other) in epochs.iter().enumerate() {
            assert_eq!(epoch.stands_over(other), before < at, "{at} and {before}");
        }
    }
}

#[test]
fn epoch_that_is_malformed_is_refused() {
    for row in EntryVectors::read().refused_epochs {
        assert_eq!(Epoch::read(&row.text), None, "{}", row.why);
    }
}

#[test]
fn status_opens_in_its_epoch_alone() {
    let (vectors, entry) = (Vectors::read(), EntryVectors::read());
    let row = entry.status;
    let epoch = Epoch::read(&entry.epochs[row.epoch].text).unwrap();
    let keys = RoomKeys {
        status: epoch.status_key(),
        ..vectors.keys()
    };
    let visit = vectors.visit(row.visit);
    let sealed = seal_status(&keys, &visit, &row.said, bytes(&row.nonce));
    assert_eq!(sealed, row.sealed);
    assert_eq!(open_status(&keys, &row.sealed).unwrap().said, row.said);
    let by_link = open_status(&vectors.keys(), &row.sealed);
    assert_eq!(by_link.err(), Some(Refusal::Unopened));
}

#[test]
fn introduction_is_signed_and_read() {
    let (vectors, entry) = (Vectors::read(), EntryVectors::read());
    let room = &vectors.link.room;
    for row in entry.introductions {
        let visit = vectors.visit(row.visit);
        assert_eq!(Introduction::write(room, &row.id, &visit), row.text);
        let expected = Introduction {
            id: row.id,
            signing_key: visit.signing_key(),
            agreement_key: visit.agreement_key(),
        };
        assert_eq!(Introduction::read(room, &row.text), Ok(expected));
    }
    for row in entry.refused_introductions {
        let read = Introduction::read(room, &row.text);
        assert_eq!(read, Err(row.reason), "{}", row.why);
    }
}

#[test]
fn notice_is_sealed_and_opened() {
    let (vectors, entry) = (Vectors::read(), EntryVectors::read());
    for row in entry.notices {
        let visit = vectors.visit(vectors.visit_of(&row.from));
        let introduction = Introduction::write(&vectors.link.room, &row.from, &visit);
        let envelope = vectors.envelope(NOTICE, &row.from, &row.to);
        let key = vectors.shared_by(&row.from).send;
        let sealed = seal_payload(&key, &envelope, row.counter, &row.content);
        assert_eq!(format!("{introduction}.{sealed}"), row.payload);
        let (_, sealed) = split_notice(&row.payload).unwrap();
        let key = vectors.shared_by(&row.to).receive;
        let opened = open_payload(&key, &envelope, row.counter - 1, sealed);
        assert!(Notice::read(&row.content).is_some(), "{}", row.content);
        assert_eq!(opened, Ok((row.content, row.counter)));
    }
}

#[test]
fn notice_that_is_malformed_is_refused_for_its_reason() {
    let (vectors, entry) = (Vectors::read(), EntryVectors::read());
    for row in entry.refused_notices {
        let (_, sealed) = split_notice(&row.payload).unwrap();
        let envelope = vectors.envelope(NOTICE, &row.from, &row.to);
        let key = vectors.shared_by(&row.to).receive;
        let opened = open_payload(&key, &envelope, row.last, sealed);
        assert_eq!(opened, Err(row.reason), "{}", row.why);
    }
    for row in entry.refused_contents {
        assert_eq!(Notice::read(&row.content), None, "{}", row.why);
    }
    for payload in entry.no_notices {
        assert_eq!(split_notice(&payload), None, "{payload}");
    }
}

#[test]
fn greeting_is_a_status_without_a_box() {
    let (vectors, entry) = (Vectors::read(), EntryVectors::read());
    let Greeting {
        from,
        counter,
        nonce,
        payload,
    } = entry.greeting;
    let visit = vectors.visit(vectors.visit_of(&from));
    let said = Said {
        id: from,
        email: String::new(),
        status: String::new(),
        counter,
    };
    let text = seal_status(&vectors.keys(), &visit, &said, bytes(&nonce));
    assert_eq!(split_notice(&payload), Some((text.as_str(), "")));
    assert_eq!(open_status(&vectors.keys(), &text).unwrap().said, said);
}
