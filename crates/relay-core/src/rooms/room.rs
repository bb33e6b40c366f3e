//! One room: its members in order of arrival.
//!
//! Invariant: every change goes once to each present member other than its subject. A lost member
//! learns it from `participants` on resume.

use signal_protocol::{MemberId, Participant, ResumeToken, ServerMessage, Status};
use subtle::ConstantTimeEq;

use super::{
    Output,
    member::{Announced, Member, Presence},
};
use crate::{admission::AddressKey, cluster::SecretHash, frame::Frame};

#[derive(Debug)]
pub(super) struct Room {
    /// Passcode proof of the first member.
    proof: Option<String>,
    members: Vec<Member>,
}

impl Room {
    pub(super) fn new(proof: Option<String>) -> Self {
        Self {
            proof,
            // Most rooms have two members; the default capacity is four.
            members: Vec::with_capacity(2),
        }
    }

    pub(super) fn admits(&self, proof: Option<&str>) -> bool {
        match (self.proof.as_deref(), proof) {
            (Some(own), Some(given)) => same(own, given),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    /// The members that a join of this device replaces.
    pub(super) fn ghosts_of(&self, device: &SecretHash) -> Vec<MemberId> {
        let ghosts = self.members.iter();
        let ghosts = ghosts.filter(|member| member.is_ghost_of(device));
        ghosts.map(|member| member.id.clone()).collect()
    }

    /// Addresses of the local members beside these.
    pub(super) fn addresses_beside(&self, ids: &[MemberId]) -> impl Iterator<Item = AddressKey> {
        let here = self.members.iter().filter(|member| member.is_local());
        let here = here.filter(|member| !ids.contains(&member.id));
        here.filter_map(|member| member.address)
    }

    pub(super) fn member(&self, id: &MemberId) -> Option<&Member> {
        self.members.iter().find(|member| member.id == *id)
    }

    pub(super) fn member_mut(&mut self, id: &str) -> Option<&mut Member> {
        self.members
            .iter_mut()
            .find(|member| member.id.as_str() == id)
    }

    pub(super) fn member_with_token(&self, token: &ResumeToken) -> Option<MemberId> {
        self.members
            .iter()
            .find(|member| member.is_local() && same(member.resume.as_str(), token.as_str()))
            .map(|member| member.id.clone())
    }

    pub(super) fn participants_beside(&self, id: &MemberId) -> Vec<Participant> {
        self.members
            .iter()
            .filter(|member| member.id != *id)
            .map(Member::participant)
            .collect()
    }

    /// Whether the room has a local member.
    pub(super) fn has_local_members(&self) -> bool {
        self.members.iter().any(Member::is_local)
    }

    pub(super) fn proof(&self) -> Option<&str> {
        self.proof.as_deref()
    }

    /// Inserts by join order.
    pub(super) fn insert(&mut self, member: Member) {
        let index = self
            .members
            .partition_point(|other| other.order <= member.order);
        // Most rooms have two members. A growing vector would start with a capacity of four.
        self.members.reserve_exact(1);
        self.members.insert(index, member);
    }

    pub(super) fn take(&mut self, id: &MemberId) -> Option<Member> {
        let index = self.members.iter().position(|member| member.id == *id)?;
        Some(self.members.remove(index))
    }

    pub(super) fn set_status(&mut self, id: &MemberId, status: Status) -> Vec<Output> {
        if let Some(member) = self.member_mut(id.as_str()) {
            member.status = Some(status.clone());
        }
        self.broadcast(
            id,
            &ServerMessage::UserStatus {
                from: id.clone(),
                status,
            },
        )
    }

    /// Tells the others that the member is lost or back, unless they know.
    pub(super) fn announce(&mut self, id: &MemberId, announced: Announced) -> Vec<Output> {
        let Some(member) = self.member_mut(id.as_str()) else {
            return Vec::new();
        };
        if member.announced == announced {
            return Vec::new();
        }
        member.announced = announced;
        let message = match announced {
            Announced::Present => ServerMessage::UserBack { id: id.clone() },
            Announced::Lost => ServerMessage::UserLost { id: id.clone() },
        };
        self.broadcast(id, &message)
    }

    /// Sends to each present member except the subject. Encodes once.
    pub(super) fn broadcast(&self, about: &MemberId, message: &ServerMessage) -> Vec<Output> {
        let mut receivers = self
            .members
            .iter()
            .filter(|member| member.id != *about)
            .filter_map(|member| match member.presence {
                Presence::Present(socket) => Some(socket),
                Presence::Lost { .. } | Presence::Remote(_) => None,
            })
            .peekable();
        if receivers.peek().is_none() {
            return Vec::new();
        }
        let frame = Frame::encode(message);
        receivers
            .map(|to| Output::Send {
                to,
                frame: frame.clone(),
            })
            .collect()
    }
}

/// Constant-time comparison of two secrets.
fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
