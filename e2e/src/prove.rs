//! Proofs with real clients that are too long for a test run: rooms of many people, calls of several
//! over narrow lines, and large files. Each line is printed as soon as it is known.

mod coming_and_going;
mod file_to_four;
mod files;
mod lines;
mod people;
mod seed;

use std::fmt;

use anyhow::Result;

/// One proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Rooms of three, five and eight with three programs, and minutes of coming and going.
    People,
    /// A call of five people. One person has a narrow line. It needs root.
    MeshLines,
    /// Two gibibytes from each program to each, and a file to four while five talk.
    Files,
}

impl Proof {
    pub const ALL: [Self; 3] = [Self::People, Self::MeshLines, Self::Files];

    /// The proof with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|proof| proof.to_string() == name)
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::People => "people",
            Self::MeshLines => "mesh-lines",
            Self::Files => "files",
        })
    }
}

/// Runs a proof with these arguments, and returns its faults.
///
/// # Errors
/// An argument is wrong, or a client could not be used at all.
pub async fn run(proof: Proof, arguments: &[String], say: &impl Fn(&str)) -> Result<Vec<String>> {
    match proof {
        Proof::People => people::run(arguments, say).await,
        Proof::MeshLines => lines::run(say).await,
        Proof::Files => files::run(arguments, say).await,
    }
}
