//! A join: held back where too many came, decided here or by Redis, and welcomed.
//!
//! Invariant: whoever comes back to a place by its token passes every limit, on whichever node the
//! place is, and costs his address nothing.

use std::{sync::MutexGuard, time::Instant};

use rand::distr::{Alphanumeric, SampleString};
use signal_protocol::{
    ErrorCode, ErrorMessage, MemberId, ResumeToken, RoomJoin, RoomName, ServerMessage,
};

use super::{
    Asked, Origin, Phase, Relay, State,
    nodes::{Question, hashed},
    refusal::{Held, shutting_down},
    whole_seconds,
};
use crate::{
    admission::AddressKey,
    frame::Frame,
    metrics::Resume,
    rooms::{Credentials, Entry, Output, SocketId},
    turn::now_and_date,
};

/// 131 bits.
const ID_CHARS: usize = 22;
/// 256 bits.
const TOKEN_CHARS: usize = 43;

impl Relay {
    /// Answers for what is to be waited, where Redis decides.
    pub(super) fn handle_join(
        &self,
        now: Instant,
        socket: SocketId,
        origin: Origin<'_>,
        join: RoomJoin,
    ) -> Result<Option<Asked>, ErrorMessage> {
        // Drawn before the lock: it may ask the system.
        let credentials = draw_credentials();
        let guessed = join.proof.is_some().then(|| join.room.clone());
        let asks_resume = join.resume.is_some();
        let mut state = self.lock();
        if state.phase == Phase::ShuttingDown {
            return Err(shutting_down());
        }
        // Whoever comes back has proved himself by his token, whatever others do at his address.
        let held = if state.rooms.keeps_place(&join) {
            None
        } else {
            state.hold(origin.address, guessed.as_ref(), now).err()
        };
        let entry = state.rooms.entry(socket, &join);
        if let Some(held) = held
            && !state.may_keep_place_elsewhere(entry, &join)
        {
            return Err(held.refuse(&self.metrics));
        }
        let join = match &mut state.shared {
            None => join,
            Some(shared) => {
                let join = hashed(join);
                match entry {
                    Entry::Here => join,
                    Entry::OnlyUs if !shared.is_together() => join,
                    Entry::OnlyUs | Entry::Shared => {
                        let question = Question {
                            socket,
                            join,
                            credentials,
                            held,
                            read: now,
                        };
                        let asked = shared.ask(origin, question)?;
                        drop(state);
                        self.to_say.notify_one();
                        return Ok(Some(asked));
                    }
                }
            }
        };
        let result = state
            .rooms
            .handle_join(socket, origin.address, join, credentials);
        match result {
            Ok(outputs) => {
                if asks_resume {
                    self.metrics.resumes.count(outcome(&outputs));
                }
                self.welcome(state, now, now, origin, outputs);
                Ok(None)
            }
            Err(error) => {
                if let (Some(room), ErrorCode::WrongPasscode) = (guessed, error.code) {
                    state.guesses.handle_wrong(origin.address, &room, now);
                }
                Err(error)
            }
        }
    }

    /// As `apply`, and whoever is welcomed to the join that was `read` is told the ICE servers.
    pub(super) fn welcome(
        &self,
        state: MutexGuard<'_, State>,
        now: Instant,
        read: Instant,
        origin: Origin<'_>,
        outputs: Vec<Output>,
    ) {
        let outputs = outputs
            .into_iter()
            .map(|output| self.with_ice_servers(output, origin, read));
        self.apply(state, now, outputs);
    }

    fn with_ice_servers(&self, output: Output, origin: Origin<'_>, read: Instant) -> Output {
        match output {
            Output::Welcome { to, mut joined } => {
                let member = &joined.myself.id;
                let offer = self
                    .ice_servers
                    .list_for(member, origin.host, now_and_date());
                joined.ice_servers = offer.ice_servers;
                joined.ice_ttl = whole_seconds(offer.ice_ttl);
                let frame = Frame::encode(&ServerMessage::RoomJoined(joined)).answers_join(read);
                Output::Send { to, frame }
            }
            other @ (Output::Send { .. }
            | Output::Gone { .. }
            | Output::Moved(_)
            | Output::TakeOver { .. }
            | Output::HandOver(_)
            | Output::Restart(_)
            | Output::Tell(_)) => other,
        }
    }
}

impl State {
    /// # Errors
    /// What is too much at this address.
    fn hold(
        &mut self,
        address: AddressKey,
        guessed: Option<&RoomName>,
        now: Instant,
    ) -> Result<(), Held> {
        self.joins.take(address, now).map_err(Held::Joins)?;
        match guessed {
            Some(room) => self
                .guesses
                .check(address, room, now)
                .map_err(Held::Passcodes),
            None => Ok(()),
        }
    }

    /// Then Redis knows the token, and lets in nobody else who is held back here.
    fn may_keep_place_elsewhere(&self, entry: Entry, join: &RoomJoin) -> bool {
        let is_together = self
            .shared
            .as_ref()
            .is_some_and(|shared| shared.is_together());
        match entry {
            Entry::Here => false,
            Entry::OnlyUs | Entry::Shared => is_together && join.resume.is_some(),
        }
    }
}

fn outcome(outputs: &[Output]) -> Resume {
    let resumed = outputs.iter().any(|output| match output {
        Output::Welcome { joined, .. } => joined.resumed,
        Output::Send { .. }
        | Output::Gone { .. }
        | Output::Moved(_)
        | Output::TakeOver { .. }
        | Output::HandOver(_)
        | Output::Restart(_)
        | Output::Tell(_) => false,
    });
    if resumed {
        Resume::Taken
    } else {
        Resume::TooLate
    }
}

fn draw_credentials() -> Credentials {
    let mut rng = rand::rng();
    Credentials {
        id: MemberId::new(&Alphanumeric.sample_string(&mut rng, ID_CHARS)),
        resume: ResumeToken::new(&Alphanumeric.sample_string(&mut rng, TOKEN_CHARS)),
    }
}
