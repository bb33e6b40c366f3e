//! Groups the senders of one source that share an encoding.
//!
//! An encoding runs at the rate of its slowest member, so the rates of the members must be similar.
//! Valid groups stay as they are, because a member that changes its group costs a key frame.
//!
//! Invariant: at most three groups. Every sender is in exactly one.

use std::collections::BTreeMap;

/// Members join a group up to this ratio of fastest to slowest.
const MAX_JOIN_SPREAD: f64 = 2.5;
/// Members stay in a group up to this ratio. It is larger than [`MAX_JOIN_SPREAD`] for hysteresis.
const MAX_KEEP_SPREAD: f64 = 3.2;
/// Groups up to this ratio are merged.
const MAX_MERGE_SPREAD: f64 = 1.8;
const MAX_GROUPS: usize = 3;

/// `K` names a sender, `G` an existing group.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group<K, G> {
    /// The existing group that it continues; `None` for a new one.
    pub(super) from: Option<G>,
    pub(super) members: Vec<K>,
    /// The rate of its slowest member.
    pub(super) rate: u32,
}

/// A sender, its rate and its current group.
#[derive(Debug, Clone, Copy)]
pub(super) struct RatedSender<K, G> {
    pub(super) key: K,
    pub(super) rate: u32,
    pub(super) group: Option<G>,
}

pub(super) fn group<K: Copy + Ord, G: Copy + Ord>(
    senders: &[RatedSender<K, G>],
) -> Vec<Group<K, G>> {
    let mut senders = senders.to_vec();
    senders.sort_by_key(|sender| (std::cmp::Reverse(sender.rate), sender.key));
    keep_groups(&senders).unwrap_or_else(|| regroup(&senders))
}

/// The existing groups with new senders added; `None` if a group is no longer valid.
fn keep_groups<K: Copy + Ord, G: Copy + Ord>(
    senders: &[RatedSender<K, G>],
) -> Option<Vec<Group<K, G>>> {
    let mut groups: BTreeMap<G, Vec<RatedSender<K, G>>> = BTreeMap::new();
    for sender in senders {
        if let Some(group) = sender.group {
            groups.entry(group).or_default().push(*sender);
        }
    }
    for sender in senders.iter().filter(|sender| sender.group.is_none()) {
        let (_, members) = groups.iter_mut().find(|(_, members)| {
            let slowest = slowest(members).min(sender.rate);
            let fastest = fastest(members).max(sender.rate);
            spread(fastest, slowest) <= MAX_JOIN_SPREAD
        })?;
        members.push(*sender);
    }
    let is_full = groups.len() >= MAX_GROUPS;
    let lowest = groups.values().map(|members| slowest(members)).min()?;
    let are_valid = groups.len() <= MAX_GROUPS
        && groups.values().all(|members| {
            // With all groups in use, the slowest one takes any sender.
            (is_full && slowest(members) == lowest)
                || spread(fastest(members), slowest(members)) <= MAX_KEEP_SPREAD
        });
    let mut ordered: Vec<_> = groups.into_iter().collect();
    ordered.sort_by_key(|(_, members)| std::cmp::Reverse(fastest(members)));
    let are_separate = ordered
        .windows(2)
        .all(|pair| spread(fastest(&pair[0].1), slowest(&pair[1].1)) > MAX_MERGE_SPREAD);
    if !are_valid || !are_separate {
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

/// The best groups. Each continues the group that most of its members are in.
fn regroup<K: Copy + Ord, G: Copy + Ord>(senders: &[RatedSender<K, G>]) -> Vec<Group<K, G>> {
    let mut parts: Vec<Vec<RatedSender<K, G>>> = Vec::new();
    for sender in senders {
        let is_full = parts.len() == MAX_GROUPS;
        match parts.last_mut() {
            Some(part) if is_full || spread(fastest(part), sender.rate) <= MAX_JOIN_SPREAD => {
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

fn slowest<K, G>(members: &[RatedSender<K, G>]) -> u32 {
    members.iter().map(|member| member.rate).min().unwrap_or(0)
}

fn fastest<K, G>(members: &[RatedSender<K, G>]) -> u32 {
    members.iter().map(|member| member.rate).max().unwrap_or(0)
}

fn spread(fast: u32, slow: u32) -> f64 {
    f64::from(fast) / f64::from(slow.max(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rates in kbit/s with their groups; expects the origin and rates of each group.
    fn check(senders: &[(u32, Option<u8>)], expect: &[(Option<u8>, &[u32])]) {
        let rated: Vec<_> = senders
            .iter()
            .enumerate()
            .map(|(key, (rate, group))| RatedSender {
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
    fn similar_senders_share_one_encoding() {
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
    fn groups_are_at_most_three() {
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
    fn small_rate_change_moves_no_sender() {
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
    fn much_slower_sender_gets_its_own_group() {
        check(
            &[(1700, Some(1)), (1600, Some(1)), (400, Some(1))],
            &[(Some(1), &[1700, 1600]), (None, &[400])],
        );
    }

    #[test]
    fn groups_with_similar_rates_merge() {
        check(
            &[(1700, Some(1)), (1600, Some(1)), (1200, Some(2))],
            &[(Some(1), &[1700, 1600, 1200])],
        );
    }

    #[test]
    fn new_sender_joins_the_similar_group() {
        check(
            &[(1700, Some(1)), (300, Some(2)), (250, None)],
            &[(Some(1), &[1700]), (Some(2), &[300, 250])],
        );
    }

    proptest! {
        #[test]
        fn every_sender_is_in_one_stable_group(
            senders in prop::collection::vec((1_u32..5000, prop::option::of(0_u8..4)), 1..20)
        ) {
            let rated: Vec<_> = senders.iter().enumerate().map(|(key, (rate, group))| RatedSender { key, rate: *rate, group: *group }).collect();
            let groups = group(&rated);
            prop_assert!(groups.len() <= MAX_GROUPS);
            let mut members: Vec<_> = groups.iter().flat_map(|group| group.members.clone()).collect();
            members.sort_unstable();
            prop_assert_eq!(members, (0..senders.len()).collect::<Vec<_>>());

            let kept: Vec<_> = rated.iter().map(|sender| RatedSender {
                group: groups.iter().position(|group| group.members.contains(&sender.key)),
                ..RatedSender { key: sender.key, rate: sender.rate, group: None }
            }).collect();
            for (index, after) in group(&kept).into_iter().enumerate() {
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
