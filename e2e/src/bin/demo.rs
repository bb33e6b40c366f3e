//! `cargo xtask demo`: two browsers call each other; prints what came of it.
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use anyhow::Result;
use e2e::{
    demo::{self, Cast},
    programs,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let folder = programs::top().join("out").join("demo");
    let report = demo::run(Cast::TestPictures, &folder).await?;
    println!("{report}\nPictures are in {}.", folder.display());
    Ok(())
}
