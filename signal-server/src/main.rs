//! The `signal-server` program: flags, logs and signals round the library's `serve`.

mod args;

use std::io::{self, IsTerminal};

use anyhow::Context;
use clap::Parser;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::info;
use tracing_subscriber::EnvFilter;

use args::Args;

/// Frames of a few KiB are made on one thread and freed on another, where the system's allocator
/// takes a lock each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::builder()
                .with_env_var("SNUG_LOG")
                .with_default_directive(tracing::Level::INFO.into())
                .from_env()
                .context("SNUG_LOG is no filter; write one like info or signal_server=debug")?
                // It warns of every malformed message, and strangers can send as many as they like.
                .add_directive("stun_types=error".parse()?),
        )
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();

    // Every socket is a file, and what systems allow at first is about a thousand.
    #[cfg(unix)]
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }

    let address = args.listen;
    let config = args.into_config();
    config.check()?;
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| cannot_listen(address))?;
    let shutdown = CancellationToken::new();
    tokio::spawn(cancel_on_signal(shutdown.clone())?);
    signal_server::serve(listener, config, shutdown).await?;
    info!("stopped");
    Ok(())
}

fn cannot_listen(address: std::net::SocketAddr) -> String {
    format!(
        "Cannot listen on {address}. If another program, perhaps another relay, uses that port, \
         stop it or name another one with --listen"
    )
}

/// The handlers are in place when this returns; the future ends at the first signal.
#[cfg(unix)]
fn cancel_on_signal(shutdown: CancellationToken) -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        shutdown.cancel();
    })
}

/// The handler is in place when this returns; the future ends at the first Ctrl-C.
#[cfg(windows)]
fn cancel_on_signal(shutdown: CancellationToken) -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
        shutdown.cancel();
    })
}
