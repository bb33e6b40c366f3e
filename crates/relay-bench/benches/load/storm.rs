//! Many members join at once, as after a restart of the relay.

use std::time::Instant;

use futures_util::future::join_all;
use relay_bench::process::Server;

use crate::{
    latencies::Latencies,
    member::{Buffer, Member},
};

#[derive(Debug, Clone, Copy, clap::Args)]
#[group(id = "storm-size")]
pub(crate) struct Size {
    /// Joins that start at once, in rooms of two
    #[arg(long, default_value_t = 500)]
    joins: u32,
}

pub(crate) async fn measure(size: Size) {
    let relay = Server::snug();
    let (address, begun) = (relay.address, Instant::now());
    let joining = (0..size.joins).map(|number| {
        tokio::spawn(async move {
            let member = Member::join(address, number / 2, number, Buffer::Usual).await;
            (member, begun.elapsed())
        })
    });
    let joined = join_all(joining).await;
    let all = begun.elapsed();
    let mut latencies = Latencies::default();
    let (mut there, mut failed) = (Vec::new(), 0);
    for joined in joined {
        match joined.unwrap() {
            (Ok(member), took) => {
                latencies.add(took);
                there.push(member);
            }
            (Err(error), _) => {
                failed += 1;
                println!("a join failed: {error}");
            }
        }
    }
    println!(
        "\nstorm: {} joins at once, {failed} failed; all there within {:.2} s, {:.0} a second",
        size.joins,
        all.as_secs_f64(),
        f64::from(size.joins) / all.as_secs_f64()
    );
    println!("from the beginning until it was in its room: {latencies}");
    assert_eq!(failed, 0);
    // Exactly one member of each room was first.
    let second = there.iter().filter(|member| member.others.len() == 1);
    assert_eq!(second.count(), there.len() / 2);
}
