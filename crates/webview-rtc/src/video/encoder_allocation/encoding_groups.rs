//! Which senders of one source share an encoding.
//!
//! An encoding runs at its slowest member's rate, so members must not differ much. Groups that
//! are still good enough stay as they are: members that move cost a key frame.
//!
//! Invariant: at most three groups; every sender is in exactly one.

use std::collections::BTreeMap;

/// Members that come together differ by no more than this.
const ALIKE: f64 = 2.5;
/// Members that are together stay so until they differ by more.
const STRAINED: f64 = 3.2;
/// Groups that differ by less become one.
const SAME: f64 = 1.8;
const MOST_GROUPS: usize = 3;

/// `K` names a sender, `G` a group that exists.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group<K, G> {
    /// The group it goes on from; `None` for a new one.
    pub(super) from: Option<G>,
    pub(super) members: Vec<K>,
    /// Its slowest member's rate.
    pub(super) rate: u32,
}

/// One sender: its rate and the group it is in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rated<K, G> {
    pub(super) key: K,
    pub(super) rate: u32,
    pub(super) group: Option<G>,
}

pub(super) fn group<K: Copy + Ord, G: Copy + Ord>(senders: &[Rated<K, G>]) -> Vec<Group<K, G>> {
    let mut senders = senders.to_vec();
    senders.sort_by_key(|sender| (std::cmp::Reverse(sender.rate), sender.key));
    keep(&senders).unwrap_or_else(|| anew(&senders))
}

/// The groups as they are and new senders in them; `None` where they are not good any more.
fn keep<K: Copy + Ord, G: Copy + Ord>(senders: &[Rated<K, G>]) -> Option<Vec<Group<K, G>>> {
    let mut groups: BTreeMap<G, Vec<Rated<K, G>>> = BTreeMap::new();
    for sender in senders {
        if let Some(group) = sender.group {
            groups.entry(group).or_default().push(*sender);
        }
    }
    for sender in senders.iter().filter(|sender| sender.group.is_none()) {
        let (_, members) = groups.iter_mut().find(|(_, members)| {
            let slowest = slowest(members).min(sender.rate);
            let fastest = fastest(members).max(sender.rate);
            spread(fastest, slowest) <= ALIKE
        })?;
        members.push(*sender);
    }
    let full = groups.len() >= MOST_GROUPS;
    let lowest = groups.values().map(|members| slowest(members)).min()?;
    let good = groups.len() <= MOST_GROUPS
        && groups.values().all(|members| {
            // Where no group is left, the last takes whatever there is.
            (full && slowest(members) == lowest)
                || spread(fastest(members), slowest(members)) <= STRAINED
        });
    let mut ordered: Vec<_> = groups.into_iter().collect();
    ordered.sort_by_key(|(_, members)| std::cmp::Reverse(fastest(members)));
    let apart = ordered
        .windows(2)
        .all(|pair| spread(fastest(&pair[0].1), slowest(&pair[1].1)) > SAME);
    if !good || !apart {
        return None;
    }
    Some(
        ordered
            .into_iter()
            .map(|(group, members)| Group {
                from: Some(group),
                rate: slowest(&members),
                members: members.iter().map(|member| member.key).collect(),
            })
            .collect(),
    )
}

/// The best groups, each going on from the one most of its members are in.
fn anew<K: Copy + Ord, G: Copy + Ord>(senders: &[Rated<K, G>]) -> Vec<Group<K, G>> {
    let mut parts: Vec<Vec<Rated<K, G>>> = Vec::new();
    for sender in senders {
        let full = parts.len() == MOST_GROUPS;
        match parts.last_mut() {
            Some(part) if full || spread(fastest(part), sender.rate) <= ALIKE => {
                part.push(*sender);
            }
            Some(_) | None => parts.push(vec![*sender]),
        }
    }

    let mut taken = Vec::new();
    parts
        .into_iter()
        .map(|part| {
            let mut votes: BTreeMap<G, usize> = BTreeMap::new();
            for group in part.iter().filter_map(|member| member.group) {
                *votes.entry(group).or_default() += 1;
            }
            let from = votes
                .into_iter()
                .filter(|(group, _)| !taken.contains(group))
                .max_by_key(|(_, count)| *count)
                .map(|(group, _)| group);
            taken.extend(from);
            Group {
                from,
                rate: slowest(&part),
                members: part.iter().map(|member| member.key).collect(),
            }
        })
        .collect()
}

fn slowest<K, G>(members: &[Rated<K, G>]) -> u32 {
    members.iter().map(|member| member.rate).min().unwrap_or(0)
}

fn fastest<K, G>(members: &[Rated<K, G>]) -> u32 {
    members.iter().map(|member| member.rate).max().unwrap_or(0)
}

fn spread(fast: u32, slow: u32) -> f64 {
    f64::from(fast) / f64::from(slow.max(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rates in kbit/s with the groups they are in; expects each group's origin and rates.
    fn check(senders: &[(u32, Option<u8>)], expect: &[(Option<u8>, &[u32])]) {
        let rated: Vec<_> = senders
            .iter()
            .enumerate()
            .map(|(key, (rate, group))| Rated {
                key,
                rate: *rate,
                group: *group,
            })
            .collect();
        let got: Vec<_> = group(&rated)
            .into_iter()
            .map(|group| {
                let mut rates: Vec<_> = group.members.iter().map(|key| senders[*key].0).collect();
                rates.sort_by_key(|rate| std::cmp::Reverse(*rate));
                assert_eq!(rates.last(), Some(&group.rate));
                (group.from, rates)
            })
            .collect();
        let expect: Vec<_> = expect
            .iter()
            .map(|(from, rates)| (*from, rates.to_vec()))
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn those_alike_share_one_encoding() {
        check(&[(1700, None)], &[(None, &[1700])]);
        check(
            &[(1700, None), (1000, None), (700, None)],
            &[(None, &[1700, 1000, 700])],
        );
        check(
            &[(1700, None), (200, None), (1500, None)],
            &[(None, &[1700, 1500]), (None, &[200])],
        );
    }

    #[test]
    fn there_are_never_more_than_three() {
        check(
            &[
                (2500, None),
                (900, None),
                (300, None),
                (100, None),
                (30, None),
            ],
            &[(None, &[2500]), (None, &[900]), (None, &[300, 100, 30])],
        );
        check(
            &[
                (2500, Some(0)),
                (900, Some(1)),
                (300, Some(2)),
                (30, Some(2)),
            ],
            &[(Some(0), &[2500]), (Some(1), &[900]), (Some(2), &[300, 30])],
        );
    }

    #[test]
    fn a_wobble_moves_nobody() {
        check(
            &[(1700, Some(1)), (600, Some(1))],
            &[(Some(1), &[1700, 600])],
        );
        check(
            &[(1700, Some(1)), (850, Some(2))],
            &[(Some(1), &[1700]), (Some(2), &[850])],
        );
    }

    #[test]
    fn who_falls_far_behind_gets_its_own() {
        check(
            &[(1700, Some(1)), (1600, Some(1)), (400, Some(1))],
            &[(Some(1), &[1700, 1600]), (None, &[400])],
        );
    }

    #[test]
    fn those_that_have_come_near_share_again() {
        check(
            &[(1700, Some(1)), (1600, Some(1)), (1200, Some(2))],
            &[(Some(1), &[1700, 1600, 1200])],
        );
    }

    #[test]
    fn a_new_one_joins_who_is_like_it() {
        check(
            &[(1700, Some(1)), (300, Some(2)), (250, None)],
            &[(Some(1), &[1700]), (Some(2), &[300, 250])],
        );
    }

    proptest! {
        #[test]
        fn everybody_is_in_exactly_one_and_what_is_decided_stays(
            senders in prop::collection::vec((1_u32..5000, prop::option::of(0_u8..4)), 1..20)
        ) {
            let rated: Vec<_> = senders.iter().enumerate().map(|(key, (rate, group))| Rated { key, rate: *rate, group: *group }).collect();
            let groups = group(&rated);
            prop_assert!(groups.len() <= MOST_GROUPS);
            let mut members: Vec<_> = groups.iter().flat_map(|group| group.members.clone()).collect();
            members.sort_unstable();
            prop_assert_eq!(members, (0..senders.len()).collect::<Vec<_>>());

            let again: Vec<_> = rated.iter().map(|sender| Rated {
                group: groups.iter().position(|group| group.members.contains(&sender.key)),
                ..Rated { key: sender.key, rate: sender.rate, group: None }
            }).collect();
            for (index, after) in group(&again).into_iter().enumerate() {
                prop_assert_eq!(after.from, Some(index));
                let mut before = groups[index].members.clone();
                let mut members = after.members;
                before.sort_unstable();
                members.sort_unstable();
                prop_assert_eq!(members, before);
            }
        }
    }
}
