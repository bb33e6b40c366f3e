//! The blocks of documents and the files of `packaging/`, with the check of each one.

/// A block of a document.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    pub document: &'static str,
    /// The start of its text. No other block of the document begins with this.
    pub begins: &'static str,
    pub check: Check,
}

/// A file of `packaging/`.
#[derive(Debug, Clone, Copy)]
pub struct PackagedFile {
    pub path: &'static str,
    pub check: Check,
}

/// The check of an example.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// This source file reads the example from its document and runs it, or compares it with a
    /// program's output.
    Run(&'static str),
    /// `src/lib.rs` beside the document includes it as documentation, so each block is a doctest.
    Doctest,
    /// A drawing in text.
    Drawing,
    /// Nothing runs it. The reason is a sentence.
    NotRun(&'static str),
}

const FRESH_CLONE: Check = Check::Run("xtask/src/test/fresh_clone.rs");
const XTASK_COMMANDS: Check = Check::Run("xtask/src/documents.rs");
const NOTICES: Check = Check::Run("xtask/src/notices.rs");
const CONTAINER: Check = Check::Run("xtask/src/prove/container.rs");
const PACKAGE: Check = Check::Run("xtask/src/test/package.rs");
const SERVER: Check = Check::Run("signal-server/tests/documents/server.rs");
const PROXIES: Check = Check::Run("signal-server/tests/documents/proxies.rs");
const COMPOSE: Check = Check::Run("signal-server/tests/documents/compose.rs");
const MORE_FLAGS: Check = Check::Run("signal-server/tests/documents/flags.rs");
const PLUGIN_EXAMPLE: Check = Check::NotRun(
    "A part of an app. The plugin's example app has the same lines and is run by the end-to-end tests.",
);

/// Every block of every document.
pub const EXAMPLES: &[Example] = &[
    example("ARCHITECTURE.md", "   window (Tauri)", Check::Drawing),
    example("ARCHITECTURE.md", " page  ", Check::Drawing),
    example("CONTRIBUTING.md", "cargo xtask run", XTASK_COMMANDS),
    example("README.md", "cargo xtask run", XTASK_COMMANDS),
    example("README.md", "cargo build --release", FRESH_CLONE),
    example(
        "crates/tauri-plugin-webrtc/README.md",
        "tauri::Builder",
        PLUGIN_EXAMPLE,
    ),
    example(
        "crates/tauri-plugin-webrtc/README.md",
        "import { install }",
        PLUGIN_EXAMPLE,
    ),
    example(
        "crates/tauri-plugin-webrtc/README.md",
        "{ \"identifier\"",
        PLUGIN_EXAMPLE,
    ),
    example(
        "crates/tauri-plugin-webrtc/README.md",
        "{ \"script-src\"",
        PLUGIN_EXAMPLE,
    ),
    example(
        "crates/tauri-plugin-webrtc/README.md",
        " webview  ",
        Check::Drawing,
    ),
    example(
        "crates/tauri-plugin-webrtc/README.md",
        "use webkit2gtk::",
        PLUGIN_EXAMPLE,
    ),
    example(
        "crates/turn-client/README.md",
        "use std::net::SocketAddr",
        Check::Doctest,
    ),
    example(
        "crates/turn-server/README.md",
        "use std::time::Duration",
        Check::Doctest,
    ),
    example(
        "crates/webview-rtc/README.md",
        "use webview_rtc::",
        Check::Doctest,
    ),
    example(
        "docs/concepts/bandwidth.md",
        "                 feedback",
        Check::Drawing,
    ),
    example(
        "docs/concepts/cluster.md",
        "   members a, b",
        Check::Drawing,
    ),
    example("docs/concepts/cluster.md", " node 1 (old)", Check::Drawing),
    example("docs/concepts/media-path.md", " sending ", Check::Drawing),
    example("docs/self-hosting.md", "sudo apt install", CONTAINER),
    example("docs/self-hosting.md", "SNUG_LISTEN=", SERVER),
    example(
        "docs/self-hosting.md",
        "sudo systemctl restart",
        Check::NotRun(
            "It takes a computer that systemd has started. `systemd-analyze` reads the service, and `relay.env` is run.",
        ),
    ),
    example("docs/self-hosting.md", "npm --prefix ui ci", SERVER),
    example(
        "docs/self-hosting.md",
        "cd packaging/compose",
        Check::NotRun(
            "It takes a container engine. The steps of the Dockerfile and the commands of the compose file are run without one.",
        ),
    ),
    example("docs/self-hosting.md", "signal-server doctor", SERVER),
    example("docs/self-hosting.md", "ok    name", SERVER),
    example("docs/self-hosting.md", "#!/bin/sh", SERVER),
    example("docs/self-hosting.md", "signal-server --listen", PROXIES),
    example("docs/self-hosting.md", "server {", PROXIES),
    example("docs/self-hosting.md", "meet.example.org {", PROXIES),
    example(
        "docs/self-hosting.md",
        "signal-server … --turn-url",
        MORE_FLAGS,
    ),
    example(
        "docs/self-hosting.md",
        "signal-server … --redis",
        MORE_FLAGS,
    ),
    example("docs/self-hosting.md", "scrape_configs:", MORE_FLAGS),
];

/// Every file of `packaging/`.
pub const FILES: &[PackagedFile] = &[
    file("packaging/compose/Caddyfile", PROXIES),
    file("packaging/compose/Dockerfile", CONTAINER),
    file("packaging/compose/Dockerfile.dockerignore", CONTAINER),
    file("packaging/compose/compose.yaml", COMPOSE),
    file("packaging/compose/example.env", COMPOSE),
    file("packaging/debian/changelog", PACKAGE),
    file("packaging/debian/copyright", PACKAGE),
    file("packaging/debian/postrm", CONTAINER),
    file("packaging/debian/relay.env", SERVER),
    file("packaging/debian/signal-server.1", PACKAGE),
    file("packaging/debian/snug-relay.service", PACKAGE),
    file("packaging/notices/about.toml", NOTICES),
    file("packaging/notices/notices.hbs", NOTICES),
];

const fn example(document: &'static str, begins: &'static str, check: Check) -> Example {
    Example {
        document,
        begins,
        check,
    }
}

const fn file(path: &'static str, check: Check) -> PackagedFile {
    PackagedFile { path, check }
}
