//! A TCP proxy before a relay: a person's line, which a test can break and mend.

use anyhow::Result;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{AbortHandle, spawn_local},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Whole,
    Broken,
}

/// A line to a port of this computer.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    line: watch::Sender<Line>,
    listener: AbortHandle,
}

impl Proxy {
    /// A whole line. Call it in a `LocalSet`.
    pub async fn start(to: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let (line, state) = watch::channel(Line::Whole);
        let listener = spawn_local(listen(listener, to, state)).abort_handle();
        Ok(Self {
            port,
            line,
            listener,
        })
    }

    /// The page's address over this line.
    pub fn web(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends every connection without a word, and every later one.
    pub fn cut(&self) {
        self.line.send_replace(Line::Broken);
    }

    /// Lets new connections through again.
    pub fn mend(&self) {
        self.line.send_replace(Line::Whole);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn listen(listener: TcpListener, to: u16, line: watch::Receiver<Line>) {
    while let Ok((mut near, _)) = listener.accept().await {
        let mut line = line.clone();
        spawn_local(async move {
            if *line.borrow_and_update() == Line::Broken {
                return;
            }
            let Ok(mut far) = TcpStream::connect(("127.0.0.1", to)).await else {
                return;
            };
            tokio::select! {
                // Either side may end it.
                _ = copy_bidirectional(&mut near, &mut far) => {}
                _ = line.changed() => {}
            }
        });
    }
}
