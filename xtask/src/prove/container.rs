//! `cargo xtask prove container`: the steps of the Dockerfile without a container engine, and the
//! relay's package installed as the page for hosts shows.
//!
//! The image `debian` is a folder made by debootstrap. The images `node` and `rust` need an engine.
//! Their stages use this computer's own Node and Rust, and only those files of the checkout that
//! `COPY` gives them. So this does not prove that those images contain what the steps need.
//!
//! Invariant: everything happens below the target folder, in mount and network namespaces that end
//! with each step.

mod tree;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, bail, ensure};

use self::tree::{Base, Tree, empty, quoted};
use super::dockerfile::{self, Stage, Step};
use crate::{page, report, setup, step, test::package, tool, workspace};

const DOCKERFILE: &str = "packaging/compose/Dockerfile";
const IGNORED: &str = "packaging/compose/Dockerfile.dockerignore";
const HOSTS_PAGE: &str = "docs/self-hosting.md";
const IMAGE: &str = "debian:";

pub(super) fn run() -> Result<()> {
    if !cfg!(target_os = "linux") || !is_root() {
        bail!("This proof makes file systems and networks of its own: run it on Linux, as root.");
    }
    for (program, package) in [("debootstrap", "debootstrap"), ("unshare", "util-linux")] {
        ensure!(
            tool::exists(program),
            "{program} is missing. As root: apt-get install {package}"
        );
    }
    setup::run(setup::Scope::Relay)?;
    let stages = dockerfile::read(&shown(DOCKERFILE)?)?;
    let debian = debian(&stages)?;
    let mut built: BTreeMap<String, PathBuf> = BTreeMap::new();
    for (number, stage) in stages.iter().enumerate() {
        let name = stage
            .name
            .clone()
            .unwrap_or_else(|| format!("stage-{number}"));
        let tree = Tree::make(&name, stage, &debian)?;
        for step in &stage.steps {
            tree.apply(&name, step, &built)?;
        }
        if number + 1 == stages.len() {
            image(&tree, stage)?;
        }
        built.insert(name, tree.root);
    }
    deb(&debian)?;
    report::say(
        "The image's steps work here, and the package installs, upgrades and goes. Not tried: the images node and rust, and an engine.",
    );
    Ok(())
}

fn shown(path: &str) -> Result<String> {
    doc_examples::read(path).map_err(|error| anyhow!(error))
}

fn is_root() -> bool {
    step::capture(Command::new("id").arg("-u")).is_ok_and(|said| said.output.trim() == "0")
}

fn folder() -> PathBuf {
    workspace::target().join("prove")
}

/// The file system of the last stage's image. It is made once; stages write into layers above it.
fn debian(stages: &[Stage]) -> Result<PathBuf> {
    let image = stages
        .last()
        .context("The Dockerfile has no stage.")?
        .image
        .as_str();
    let suite = image
        .strip_prefix(IMAGE)
        .map(|suite| suite.trim_end_matches("-slim"));
    let suite = suite.with_context(|| format!("{image}: debootstrap makes debian:SUITE alone."))?;
    let tree = folder().join(format!("debian-{suite}"));
    if !tree.join("complete").exists() {
        if tree.exists() {
            fs::remove_dir_all(&tree)?;
        }
        fs::create_dir_all(folder())?;
        let mut debootstrap = Command::new("debootstrap");
        debootstrap.args(["--variant=minbase", suite]).arg(&tree);
        step::run(image, &mut debootstrap)?;
        fs::write(tree.join("complete"), "")?;
    }
    Ok(tree)
}

/// Starts the image as an engine would, with its variables and its user. Requests its health and
/// its page, and stops it.
fn image(tree: &Tree, stage: &Stage) -> Result<()> {
    let mut variables = String::new();
    let (mut user, mut health, mut signal, mut entry) = ("0:0", None, "TERM", None);
    for step in &stage.steps {
        match step {
            Step::Env(pairs) => {
                for (name, value) in pairs {
                    variables.push_str(&format!("{} ", quoted(&format!("{name}={value}"))));
                }
            }
            Step::User(name) => user = name,
            Step::HealthCheck(words) => health = Some(words),
            Step::StopSignal(name) => signal = name.trim_start_matches("SIG"),
            Step::EntryPoint(words) => entry = Some(words),
            Step::WorkDir(_) | Step::Copy { .. } | Step::Run(_) | Step::Expose(_) => {}
        }
    }
    let entry = entry.context("The image has no ENTRYPOINT.")?;
    let health = health.context("The image has no HEALTHCHECK.")?;
    let port = stage.steps.iter().find_map(|step| {
        let Step::Expose(port) = step else {
            return None;
        };
        Some(*port)
    });
    let port = port.context("The image EXPOSEs no port.")?;
    let within = format!(
        "chroot --userspec={user} \"$ROOT\" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin {variables}"
    );
    let words = |words: &[String]| -> String {
        words
            .iter()
            .map(|word| format!("{} ", quoted(word)))
            .collect()
    };
    let script = format!(
        r#"
        ip link set lo up
        {within} {entry} 2> "$TREE/log" &
        relay=$!
        tail -n +1 -F --pid=$relay "$TREE/log" 2> /dev/null | grep -q listening || {{ cat "$TREE/log"; exit 3; }}
        {within} {health}
        exec 3<>/dev/tcp/127.0.0.1/{port}
        printf 'GET /r/42 HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n\r\n' >&3
        grep -q '<title>' <&3
        kill -{signal} $relay
        wait $relay
        echo stopped
        "#,
        entry = words(entry),
        health = words(health),
    );
    let mut command = Command::new("unshare");
    let inner = tree.inside(&script);
    command
        .arg("--net")
        .arg(inner.get_program())
        .args(inner.get_args());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let said = step::run("image: start, health, page, stop", &mut command)?;
    ensure!(said.contains("stopped"), "{said}");
    Ok(())
}

/// The relay's package: installed as shown, upgraded with a changed `relay.env`, and purged, which
/// includes `packaging/debian/postrm`.
fn deb(debian: &Path) -> Result<()> {
    super::relay()?;
    page::build_if_stale()?;
    let package = package::make()?;
    let root = folder().join("package");
    empty(&root)?;
    let tree = Tree {
        root,
        base: Base::Debian(debian.to_owned()),
        folder: "/root".to_owned(),
    };
    fs::create_dir_all(tree.at("root"))?;
    fs::copy(package, tree.at("root/snug-relay_0_amd64.deb"))?;
    let install =
        doc_examples::block(HOSTS_PAGE, "sudo apt install").map_err(|error| anyhow!(error))?;
    let purge = "sudo apt purge snug-relay";
    let page = shown(HOSTS_PAGE)?;
    ensure!(
        doc_examples::code_spans(&page).any(|span| span == purge),
        "{HOSTS_PAGE} does not say `{purge}` any more."
    );
    let script = format!(
        r#"
        cd /root
        sudo() {{ "$@"; }}
        export DEBIAN_FRONTEND=noninteractive
        {install}
        signal-server --help > /dev/null
        test -e /etc/systemd/system/multi-user.target.wants/snug-relay.service
        test -e /usr/share/snug-relay/page/index.html
        echo SNUG_ROOM_SIZE=5 >> /etc/snug/relay.env
        sudo apt install --reinstall ./snug-relay_*.deb
        grep -q SNUG_ROOM_SIZE=5 /etc/snug/relay.env
        mkdir -p /var/lib/private/snug-relay
        yes | {purge}
        left=$(find / -xdev -iname '*snug-relay*' -not -path '/root/*' -not -path '/proc/*' -not -path '/var/log/*')
        test -z "$left" || {{ echo "left behind: $left"; exit 3; }}
        test ! -e /etc/snug/relay.env
        "#
    );
    let words = format!("chroot \"$ROOT\" /bin/bash -ec {}", quoted(&script));
    step::run("package: install, upgrade, purge", &mut tree.inside(&words)).map(drop)
}
