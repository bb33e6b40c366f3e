//! `cargo xtask demo`: two windows of the app call each other. Where a driver cannot control the
//! app's windows, two browsers do. Prints the result.
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use anyhow::Result;
use e2e::{
    demo::{self, Cast},
    programs,
};

#[cfg(target_os = "linux")]
fn cast() -> Cast {
    Cast::Windows
}

#[cfg(not(target_os = "linux"))]
fn cast() -> Cast {
    Cast::Browsers
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let folder = programs::top().join("out").join("demo");
    let report = demo::run(cast(), &folder).await?;
    println!("{report}\nPictures are in {}.", folder.display());
    Ok(())
}
