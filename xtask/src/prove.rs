//! `cargo xtask prove`: one proof. `container`, `people`, `mesh-lines`, `screens`, `files` and the long
//! runs of attacks need minutes or hours, and are not part of `test`.

mod container;
mod dockerfile;
mod ignore;
mod long_run;

use anyhow::{Result, ensure};

use crate::{
    page, setup, step,
    test::{fresh_clone, package},
    tool::{self, Build},
    workspace::PAGE,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    what: What,
    /// Of `people` only these parts: 3, 5, 8, coming-and-going, and --seed N, --minutes N. Of `files`
    /// only these pairs of chromium, firefox and window: chromium-window and so on, to-four, and
    /// --mib N. Of `tampered`, `guesses`, `dictionary` and `lies` the number of runs
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    parts: Vec<String>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// The first commands of the README in a copy of the checkout, as in `test`
    Clone,
    /// The relay's package, unpacked, as in `test`
    Package,
    /// The steps of the Dockerfile and the relay's package, in a Debian made by debootstrap; as
    /// root
    Container,
    /// Rooms of three, five and eight people in Chromium, Firefox and windows, and five minutes of
    /// coming and going
    People,
    /// A call of five people. One of them has a narrow line; as root
    MeshLines,
    /// Every screen of the page, in all looks
    Screens,
    /// A file of 2 GiB from each of Chromium, Firefox and the window to each, and one to four people
    Files,
    /// 100,000 calls whose members are lied to while they make a verification code
    Tampered,
    /// 10,000 wrong passcodes at the door of a room
    Guesses,
    /// A dictionary of 1,000,000 words over all that a relay has seen
    Dictionary,
    /// 100,000 calls over a relay that lies
    Lies,
}

impl What {
    fn has_parts(self) -> bool {
        match self {
            Self::Clone | Self::Package | Self::Container | Self::MeshLines | Self::Screens => {
                false
            }
            Self::People
            | Self::Files
            | Self::Tampered
            | Self::Guesses
            | Self::Dictionary
            | Self::Lies => true,
        }
    }
}

pub(crate) fn run(args: &Args) -> Result<()> {
    ensure!(
        args.parts.is_empty() || args.what.has_parts(),
        "this proof has no parts: leave out “{}”",
        args.parts.join(" ")
    );
    match args.what {
        What::Clone => {
            relay()?;
            fresh_clone::run()
        }
        What::Package => {
            relay()?;
            page::build_if_stale()?;
            package::make_and_check()
        }
        What::Container => container::run(),
        What::People => clients("people", &args.parts),
        What::MeshLines => clients("mesh-lines", &args.parts),
        What::Screens => screens(),
        What::Files => clients("files", &args.parts),
        What::Tampered => long_run::run(long_run::TAMPERED, &args.parts),
        What::Guesses => long_run::run(long_run::GUESSES, &args.parts),
        What::Dictionary => long_run::run(long_run::DICTIONARY, &args.parts),
        What::Lies => long_run::run(long_run::LIES, &args.parts),
    }
}

/// A proof with real browsers and windows, by a program of `e2e`.
fn clients(name: &str, parts: &[String]) -> Result<()> {
    setup::run(setup::Scope::Everything)?;
    page::build_if_stale()?;
    let packages = [
        "--package",
        "signal-server",
        "--package",
        "snug",
        "--package",
        "e2e",
    ];
    step::run(
        "relay, app and proof",
        tool::cargo(&["build", "--locked", "--bins"]).args(packages),
    )?;
    step::foreground(tool::built(Build::Debug, "prove").arg(name).args(parts))
}

/// The looks of `test`, and those that it leaves out.
fn screens() -> Result<()> {
    setup::run(setup::Scope::Everything)?;
    page::build_gallery()?;
    let projects = ["run", "--project", "browser", "--project", "looks"];
    let mut vitest = tool::node(PAGE, "vitest/vitest.mjs", &projects);
    step::foreground(&mut vitest)
}

/// The debug build replaces the program that hosts build.
fn relay() -> Result<()> {
    setup::run(setup::Scope::Relay)?;
    let build = ["build", "--locked", "--package", "signal-server"];
    step::run("relay", &mut tool::cargo(&build)).map(drop)
}
