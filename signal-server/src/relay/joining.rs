//! Joins: rate limits, the decision here or by Redis, the welcome.
//!
//! Invariant: a resume is exempt from rate limits on every node, and takes no token of its address.

use std::{sync::MutexGuard, time::Instant};

use rand::distr::{Alphanumeric, SampleString};
use relay_core::{
    admission::AddressKey,
    frame::Frame,
    rooms::{Credentials, JoinAuthority, Output, SocketId},
};
use signal_protocol::{
    ErrorCode, ErrorMessage, MemberId, ResumeToken, RoomJoin, RoomName, ServerMessage,
};

use super::{
    JoinAnswered, Origin, Phase, Relay, State,
    nodes::{JoinRequest, hashed},
    refusal::{RateLimit, shutting_down},
    whole_seconds,
};
use crate::{clock::now_and_date, metrics::Resume};

/// 131 bits.
const ID_CHARS: usize = 22;
/// 256 bits.
const TOKEN_CHARS: usize = 43;

impl Relay {
    /// Returns a pending answer if Redis decides the join.
    pub(super) fn handle_join(
        &self,
        now: Instant,
        socket: SocketId,
        origin: Origin<'_>,
        join: RoomJoin,
    ) -> Result<Option<JoinAnswered>, ErrorMessage> {
        // Before the lock: the random generator may call the system.
        let credentials = draw_credentials();
        let guessed = join.proof.is_some().then(|| join.room.clone());
        let asks_resume = join.resume.is_some();
        let mut state = self.lock();
        if state.phase == Phase::ShuttingDown {
            return Err(shutting_down());
        }
        // The token authenticates a resume, so other joins from its address do not delay it.
        let rate_limit = if state.rooms.resumes_local_member(&join) {
            None
        } else {
            state.hold(origin.address, guessed.as_ref(), now).err()
        };
        let authority = state.rooms.join_authority(socket, &join);
        if let Some(rate_limit) = rate_limit
            && !state.may_resume_remotely(authority, &join)
        {
            return Err(rate_limit.refuse(&self.metrics));
        }
        let join = match &mut state.shared {
            None => join,
            Some(shared) => {
                let join = hashed(join);
                match authority {
                    JoinAuthority::Local => join,
                    JoinAuthority::LocalFallback if !shared.is_connected() => join,
                    JoinAuthority::LocalFallback | JoinAuthority::Shared => {
                        let join_request = JoinRequest {
                            socket,
                            join,
                            credentials,
                            rate_limit,
                            read: now,
                        };
                        let join_answered = shared.ask(origin, join_request)?;
                        drop(state);
                        self.commands_queued.notify_one();
                        return Ok(Some(join_answered));
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
                    state
                        .passcode_attempts
                        .handle_wrong(origin.address, &room, now);
                }
                Err(error)
            }
        }
    }

    /// Like `apply`; adds the ICE servers to the answer of a join that was `read` then.
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
    /// The exceeded rate limit of the address.
    fn hold(
        &mut self,
        address: AddressKey,
        guessed: Option<&RoomName>,
        now: Instant,
    ) -> Result<(), RateLimit> {
        self.joins.take(address, now).map_err(RateLimit::Joins)?;
        match guessed {
            Some(room) => self
                .passcode_attempts
                .check(address, room, now)
                .map_err(RateLimit::Passcodes),
            None => Ok(()),
        }
    }

    /// Whether Redis may know the token. Redis admits only a resume then.
    fn may_resume_remotely(&self, authority: JoinAuthority, join: &RoomJoin) -> bool {
        let is_connected = self
            .shared
            .as_ref()
            .is_some_and(|shared| shared.is_connected());
        match authority {
            JoinAuthority::Local => false,
            JoinAuthority::LocalFallback | JoinAuthority::Shared => {
                is_connected && join.resume.is_some()
            }
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
