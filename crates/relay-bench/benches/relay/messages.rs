//! Processor time per relayed message, beside two other relays: limits, metrics and TLS off and on.

use relay_bench::{
    certificate::Certificate,
    process::Server,
    rounds::{median, ratio, verdict},
};

use crate::{
    pairs::{Pair, exchange_messages},
    system::System,
};

const PAIRS: u32 = 50;
/// Per pair. Each direction counts.
const MESSAGES: u32 = 800;
const ROUNDS: usize = 15;

struct Subject {
    system: System,
    server: Server,
    pairs: Vec<Pair>,
    /// For each round, in seconds.
    processor: Vec<f64>,
    elapsed: Vec<f64>,
}

pub(crate) async fn measure() {
    let certificate = Certificate::new();
    let mut subjects = Vec::new();
    for system in System::ALL {
        let Some((server, place)) = system.start(&certificate) else {
            continue;
        };
        let mut pairs = Vec::new();
        for number in 0..PAIRS {
            pairs.push(system.pair(&place, number).await);
        }
        subjects.push(Subject {
            system,
            server,
            pairs,
            processor: Vec::new(),
            elapsed: Vec::new(),
        });
    }
    println!(
        "\n{PAIRS} pairs, {} messages of 3 KB a round, medians of {ROUNDS} rounds in turn",
        PAIRS * MESSAGES
    );
    for subject in &mut subjects {
        // Warms up the caches and node's compiler.
        exchange_messages(&mut subject.pairs, MESSAGES).await;
    }
    for _ in 0..ROUNDS {
        for subject in &mut subjects {
            subject.run().await;
        }
    }
    report(&subjects);
}

impl Subject {
    async fn run(&mut self) {
        let before = self.server.processor_time();
        let elapsed = exchange_messages(&mut self.pairs, MESSAGES).await;
        let processor = self.server.processor_time() - before;
        self.processor.push(processor.as_secs_f64());
        self.elapsed.push(elapsed.as_secs_f64());
    }
}

fn report(subjects: &[Subject]) {
    let messages = f64::from(PAIRS * MESSAGES);
    println!("{:<40}{:>14}{:>14}", "", "CPU µs/msg", "messages/s");
    for subject in subjects {
        println!(
            "{:<40}{:>14.2}{:>14.0}",
            subject.system.name(),
            median(subject.processor.iter().copied()) * 1e6 / messages,
            messages / median(subject.elapsed.iter().copied()),
        );
    }
    let of = |system| subjects.iter().find(|subject| subject.system == system);
    for (ours, theirs, target) in [
        (System::Snug, System::Bare, Some(1.15)),
        (System::SnugLimits, System::Bare, Some(1.15)),
        (System::SnugMetrics, System::Bare, Some(1.15)),
        (System::SnugTls, System::BareTls, None),
        (System::SnugAll, System::BareTls, None),
        (System::Snug, System::SocketIo, Some(0.5)),
    ] {
        let (Some(ours), Some(theirs)) = (of(ours), of(theirs)) else {
            continue;
        };
        let ratio = ratio(&ours.processor, &theirs.processor);
        let judged = target.map_or_else(String::new, |target| {
            format!("; target at most {target}: {}", verdict(ratio <= target))
        });
        println!(
            "{} is {ratio:.2} × {}{judged}",
            ours.system.name().trim_start(),
            theirs.system.name(),
        );
    }
}
