//! Rate limits by the generic cell rate algorithm (GCRA, ITU-T I.371): token buckets whose state is
//! one number.
//!
//! A [`Rate`] says how much may pass. A [`Bucket`] belongs to one owner; a [`SharedBucket`] is shared
//! by several tasks without a lock. One rate serves any number of buckets, and a bucket may be asked
//! with a multiple of its rate.
//!
//! Invariant: pure. The time is an argument. No input panics.
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests start their virtual time at an arbitrary instant"
    )
)]

mod bucket;
mod rate;
mod shared_bucket;

pub use bucket::Bucket;
pub use rate::Rate;
pub use shared_bucket::SharedBucket;
