//! The Lua scripts. Redis runs each one atomically.
//!
//! Invariant: every connection loads the scripts again, because a restarted Redis has none.

use redis::{Cmd, Pipeline, RedisResult, aio::MultiplexedConnection};

use super::call::{Call, CallKind};

/// Hashes, in the order of `LOADED`.
#[derive(Debug, Clone)]
pub(super) struct Scripts(Vec<String>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Join,
    Leave,
    Update,
    Directed,
    HandOver,
    Sync,
    Bye,
    Hello,
    Tick,
}

const LOADED: [(Script, &str); 9] = [
    (Script::Join, include_str!("scripts/join.lua")),
    (Script::Leave, include_str!("scripts/leave.lua")),
    (Script::Update, include_str!("scripts/update.lua")),
    (Script::Directed, include_str!("scripts/directed.lua")),
    (Script::HandOver, include_str!("scripts/hand_over.lua")),
    (Script::Sync, include_str!("scripts/sync.lua")),
    (Script::Bye, include_str!("scripts/bye.lua")),
    (Script::Hello, include_str!("scripts/hello.lua")),
    (Script::Tick, include_str!("scripts/tick.lua")),
];
const SHARED: &str = include_str!("scripts/shared.lua");

impl Scripts {
    pub(super) async fn load(redis: &mut MultiplexedConnection) -> RedisResult<Self> {
        let mut pipeline = Pipeline::new();
        for (_, text) in LOADED {
            pipeline
                .cmd("SCRIPT")
                .arg("LOAD")
                .arg([SHARED, text].concat());
        }
        pipeline.query_async(redis).await.map(Self)
    }

    pub(super) fn command(&self, script: Script, arguments: &[String]) -> Cmd {
        let mut command = redis::cmd("EVALSHA");
        let index = LOADED.iter().position(|(loaded, _)| *loaded == script);
        let name = index.and_then(|index| self.0.get(index));
        command.arg(name.map_or("", String::as_str)).arg(0);
        command.arg(arguments);
        command
    }

    pub(super) fn call(&self, call: &Call) -> Cmd {
        let script = match call.kind {
            CallKind::Join => Script::Join,
            CallKind::Leave => Script::Leave,
            CallKind::Update => Script::Update,
            CallKind::Directed => Script::Directed,
            CallKind::HandOver => Script::HandOver,
            CallKind::Sync => Script::Sync,
            CallKind::Bye => Script::Bye,
            CallKind::Publish => {
                let mut command = redis::cmd("PUBLISH");
                command.arg(&call.arguments);
                return command;
            }
        };
        self.command(script, &call.arguments)
    }
}
