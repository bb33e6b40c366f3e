//! `cargo xtask screenshots`: screenshots of the built gallery in the given folder, and of the real
//! app for the README.
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use std::{env, path::PathBuf};

use anyhow::{Context, Result};
use e2e::{
    demo::{self, Cast},
    programs, screenshots,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let gallery = env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .context("Name the folder of the built gallery.")?;
    let folder = programs::top().join("out").join("screenshots");
    let taken = screenshots::of_gallery(&gallery, &folder).await?;
    println!("{taken} pictures are in {}.", folder.display());
    let images = programs::top().join("docs").join("images");
    demo::run(Cast::People, &images).await?;
    println!("Pictures of a real call are in {}.", images.display());
    Ok(())
}
