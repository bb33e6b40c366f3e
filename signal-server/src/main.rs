//! The `signal-server` program: flags, logs and signals around the library's `serve`.

mod args;
mod doctor;
mod logs;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use signal_server::{BindError, ConfigError, TlsConfig};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::info;

use args::Args;

/// Frames of a few KiB are allocated on one thread and freed on another. The system's allocator
/// takes a lock each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The exit code for invalid flags. A restart does not help, so nothing restarts the program.
const INVALID_USAGE: u8 = 2;
const FAILED: u8 = 1;

fn main() -> ExitCode {
    // The allocator requests huge pages, of which members' data fills only a part. This runs before
    // anything is allocated. If it fails, it costs memory and nothing else.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: the system gives no threads: {error}");
            return ExitCode::from(FAILED);
        }
    };
    let code = runtime.block_on(start());
    // Does not wait for a thread that reads a file, which may be on an unreachable computer.
    runtime.shutdown_background();
    code
}

/// Returns the exit code.
async fn start() -> ExitCode {
    let error = match run(args::read()).await {
        Ok(code) => return code,
        Err(error) => error,
    };
    // Without a reader, the error cannot be reported.
    let _ = writeln!(io::stderr(), "error: {error:#}");
    ExitCode::from(
        if error.is::<ConfigError>() || error.is::<logs::FilterError>() {
            INVALID_USAGE
        } else {
            FAILED
        },
    )
}

async fn run(mut args: Args) -> anyhow::Result<ExitCode> {
    if let Some(command) = args.command.take() {
        return Ok(command.run().await);
    }
    logs::start(args.log_format)?;
    for name in args::unknown_variables() {
        tracing::warn!(%name, "there is no such variable; `signal-server --help` lists them");
    }

    // Every socket is a file, and the default limit of systems is about a thousand.
    #[cfg(unix)]
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }

    let address = args.listen;
    let config = args.into_config();
    config.check()?;
    if address.ip().to_canonical().is_loopback() && matches!(config.tls, TlsConfig::Acme(_)) {
        tracing::warn!(
            "--acme wants to be reached from the internet, and --listen {address} is reached from \
             this computer only: give --listen [::]:443 unless something passes port 443 on to it"
        );
    }
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| BindError::new("--listen", address, &error))?;
    let shutdown = CancellationToken::new();
    tokio::spawn(cancel_on_signal(shutdown.clone())?);
    signal_server::serve(listener, config, shutdown).await?;
    info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// The handlers are installed when this returns. The future ends at the first signal.
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

/// The handler is installed when this returns. The future ends at the first Ctrl-C.
#[cfg(windows)]
fn cancel_on_signal(shutdown: CancellationToken) -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
        shutdown.cancel();
    })
}
