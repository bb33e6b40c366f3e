//! The `signal-server` program: flags, logs and signals round the library's `serve`.

mod args;
mod logs;

use std::io;

use anyhow::Context;
use clap::Parser;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::info;

use args::Args;

/// Frames of a few KiB are made on one thread and freed on another, where the system's allocator
/// takes a lock each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    logs::start(args.log_format)?;

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
