//! Rooms of three, five and eight with Chromium, Firefox and windows: everybody sees and hears
//! everybody. Then five minutes of coming and going, which must end in one agreed room.
//!
//! Arguments: `3`, `5`, `8`, `coming-and-going`, `--seed N`, `--minutes N`; without a part, all.

use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::coming_and_going;
use crate::{
    room::{
        Kind::{self, Chromium, Firefox, Window},
        Room,
    },
    test_env::run_test,
    wait,
};

/// Two processors encode, send, decode and paint all of it.
const DEADLINE: Duration = Duration::from_secs(240);
const EIGHT: [Kind; 8] = [
    Chromium, Window, Firefox, Chromium, Window, Firefox, Chromium, Chromium,
];
const DEFAULT_SEED: u64 = 1;
const DEFAULT_MINUTES: u64 = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Room(usize),
    ComingAndGoing,
}

#[derive(Debug)]
struct Wish {
    parts: Vec<Part>,
    seed: u64,
    minutes: u64,
}

pub(super) async fn run(arguments: &[String], say: &impl Fn(&str)) -> Result<Vec<String>> {
    let wish = read(arguments)?;
    let mut faults = vec![];
    for part in &wish.parts {
        let (name, outcome) = match part {
            Part::Room(count) => (format!("{count} people"), meet(*count, say).await),
            Part::ComingAndGoing => {
                let stretch = Duration::from_secs(wish.minutes * 60);
                let outcome = coming_and_going::run(wish.seed, stretch, say).await;
                (format!("coming and going, seed {}", wish.seed), outcome)
            }
        };
        if let Err(error) = outcome {
            say(&format!("{name}: failed: {error:#}"));
            faults.push(name);
        }
    }
    Ok(faults)
}

async fn meet(count: usize, say: &impl Fn(&str)) -> Result<()> {
    let kinds = EIGHT.get(..count).context("there are at most eight")?;
    run_test("prove-people", async |env| {
        let relay = env.relay(&[]).await?;
        let room = Room::open(env, &relay, kinds).await?;
        let (_, all_in_call) = wait::timed(room.call()).await?;
        let (_, all_arrived) = wait::timed(room.everybody_is_seen_and_heard(DEADLINE)).await?;
        let programs: Vec<String> = kinds.iter().map(Kind::to_string).collect();
        say(&format!(
            "{count} people ({}): all in the call after {all_in_call:.0} s, frames and audio of \
             all {} pairs {all_arrived:.0} s later",
            programs.join(", "),
            count * (count - 1)
        ));
        Ok(())
    })
    .await
}

fn read(arguments: &[String]) -> Result<Wish> {
    let mut wish = Wish {
        parts: vec![],
        seed: DEFAULT_SEED,
        minutes: DEFAULT_MINUTES,
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut number = || -> Result<u64> {
            let value = words.next().map(|value| value.parse());
            let value = value.with_context(|| format!("{word} needs a number"))?;
            value.with_context(|| format!("the value of {word} is no number"))
        };
        match word.as_str() {
            "3" | "5" | "8" => wish.parts.push(Part::Room(word.parse()?)),
            "coming-and-going" => wish.parts.push(Part::ComingAndGoing),
            "--seed" => wish.seed = number()?,
            "--minutes" => wish.minutes = number()?,
            other => bail!(
                "There is no part “{other}”. There are: 3, 5, 8, coming-and-going, --seed N, \
                 --minutes N."
            ),
        }
    }
    if wish.parts.is_empty() {
        wish.parts = vec![
            Part::Room(3),
            Part::Room(5),
            Part::Room(8),
            Part::ComingAndGoing,
        ];
    }
    Ok(wish)
}
