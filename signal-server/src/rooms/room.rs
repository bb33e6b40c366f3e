//! One room: its members in order of arrival.
//!
//! Invariant: what changes is told once to every member that is present and not the one it is
//! about; a lost one learns it from `participants` when it comes back.

use signal_protocol::{MemberId, Participant, ResumeToken, ServerMessage, Status};
use subtle::ConstantTimeEq;

use super::{
    Output,
    member::{Member, Presence},
};
use crate::{admission::AddressKey, frame::Frame};

#[derive(Debug)]
pub(super) struct Room {
    /// Of the first member.
    proof: Option<String>,
    members: Vec<Member>,
}

impl Room {
    pub(super) fn new(proof: Option<String>) -> Self {
        Self {
            proof,
            members: Vec::new(),
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

    /// Of the members of this node.
    pub(super) fn addresses(&self) -> impl Iterator<Item = AddressKey> {
        let here = self.members.iter().filter(|member| member.is_here());
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
            .find(|member| member.is_here() && same(member.resume.as_str(), token.as_str()))
            .map(|member| member.id.clone())
    }

    pub(super) fn participants_beside(&self, id: &MemberId) -> Vec<Participant> {
        self.members
            .iter()
            .filter(|member| member.id != *id)
            .map(Member::participant)
            .collect()
    }

    /// Whether anybody of this node is in it.
    pub(super) fn is_anybody_here(&self) -> bool {
        self.members.iter().any(Member::is_here)
    }

    pub(super) fn proof(&self) -> Option<&str> {
        self.proof.as_deref()
    }

    /// After those that have come before it.
    pub(super) fn insert(&mut self, member: Member) {
        let place = self
            .members
            .partition_point(|other| other.order <= member.order);
        // Most rooms are of two, and a vector that grows by itself begins with four.
        self.members.reserve_exact(1);
        self.members.insert(place, member);
    }

    pub(super) fn take(&mut self, id: &MemberId) -> Option<Member> {
        let place = self.members.iter().position(|member| member.id == *id)?;
        Some(self.members.remove(place))
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

    /// To everybody present but the one it is about; encoded once.
    pub(super) fn broadcast(&self, about: &MemberId, message: &ServerMessage) -> Vec<Output> {
        let mut receivers = self
            .members
            .iter()
            .filter(|member| member.id != *about)
            .filter_map(|member| match member.presence {
                Presence::Present(socket) => Some(socket),
                Presence::Lost { .. } | Presence::Elsewhere(_) => None,
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

/// In a time that tells nothing of where two secrets of one length differ.
fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
