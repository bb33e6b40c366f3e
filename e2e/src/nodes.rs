//! Several relays as one, joined by a Redis, at one address, as behind a load balancer.
//!
//! Invariant: a connection goes to a node that is ready (`/readyz`), as with a real load balancer.
//! An open connection stays at its node.

use std::{cell::Cell, process::Command, rc::Rc};

use anyhow::Result;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{AbortHandle, spawn_local},
};

use crate::{process::Process, programs, relay::Relay, test_env::TestEnv};

#[derive(Debug)]
pub struct Nodes {
    relays: [Rc<Relay>; 2],
    port: u16,
    ready: Rc<Cell<[bool; 2]>>,
    balancer: AbortHandle,
    _redis: Process,
}

impl Nodes {
    /// Two of them. Call it in a `LocalSet`.
    pub async fn start(env: &TestEnv) -> Result<Self> {
        let redis_port = programs::free_port()?;
        let mut redis = Command::new(programs::linux("redis-server")?);
        redis
            .args(["--bind", "127.0.0.1", "--port", &redis_port.to_string()])
            .args(["--save", "", "--appendonly", "no", "--daemonize", "no"])
            .current_dir(env.folder());
        let redis = Process::start(&redis, &env.folder().join("redis.log"))?;
        let what = "Redis takes connections";
        let is_ready = |line: &str| line.contains("Ready to accept connections").then_some(());
        redis.printed(what, is_ready).await?;
        let url = format!("redis://127.0.0.1:{redis_port}");
        let options = ["--redis", url.as_str()];
        let relays = [env.relay(&options).await?, env.relay(&options).await?];
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let ready = Rc::new(Cell::new([true; 2]));
        let ports = [relays[0].port(), relays[1].port()];
        let balancer = spawn_local(balance(listener, ports, Rc::clone(&ready))).abort_handle();
        Ok(Self {
            relays,
            port,
            ready,
            balancer,
            _redis: redis,
        })
    }

    /// The nodes themselves. Who uses the address of one of them is connected to that one only.
    pub fn relays(&self) -> &[Rc<Relay>; 2] {
        &self.relays
    }

    /// The page's address.
    pub fn web(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port of the page's address.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stops one node after the other in order, and starts it again.
    pub async fn restart_all(&self) -> Result<()> {
        for (number, relay) in self.relays.iter().enumerate() {
            let mut ready = [true; 2];
            ready[number] = false;
            self.ready.set(ready);
            relay.stop().await?;
            relay.revive().await?;
            self.ready.set([true; 2]);
        }
        Ok(())
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        self.balancer.abort();
    }
}

/// Alternates between the nodes that are ready.
async fn balance(listener: TcpListener, ports: [u16; 2], ready: Rc<Cell<[bool; 2]>>) {
    let mut next = 0;
    while let Ok((mut near, _)) = listener.accept().await {
        next = 1 - next;
        let number = if ready.get()[next] { next } else { 1 - next };
        spawn_local(async move {
            if let Ok(mut far) = TcpStream::connect(("127.0.0.1", ports[number])).await {
                // Either side may end it.
                let _ = copy_bidirectional(&mut near, &mut far).await;
            }
        });
    }
}
