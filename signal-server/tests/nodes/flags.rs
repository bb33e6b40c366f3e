//! `--redis`: an invalid value is refused at the start, with a sentence that names the flag.

use std::process::Stdio;

use tokio::{io::AsyncWriteExt, net::TcpListener};

use crate::{client::within, redis::Redis, relay::Program};

async fn check(url: &str, expect: &str) {
    let mut command = tokio::process::Command::from(Program::command());
    let output = command
        .args(["--listen", "127.0.0.1:0", "--redis", url])
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .output();
    let output = within(output).await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{url}");
    for words in ["--redis", expect] {
        assert!(said.contains(words), "{url}: no {words:?} in {said}");
    }
    assert!(!said.contains("sesame"), "a password is shown: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_url_and_server_without_redis_are_reported() {
    check("http://127.0.0.1", "Write redis://").await;
    check("redis://:sesame@127.0.0.1:port", "Write redis://").await;
    check("rediss://127.0.0.1", "TLS to Redis is not spoken").await;
    check("redis://127.0.0.1:1", "no Redis answers at 127.0.0.1:1").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stranger = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                .await
                .unwrap();
        }
    });
    check(
        &format!("redis://{address}"),
        "is no Redis that can be used",
    )
    .await;
    stranger.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_password_is_required_and_accepted() {
    let Some(redis) = Redis::start_with(&["--requirepass", "open"]).await else {
        return;
    };
    let address = redis.address;
    check(
        &format!("redis://{address}"),
        "wants another name or password",
    )
    .await;
    check(
        &format!("redis://:sesame@{address}"),
        "wants another name or password",
    )
    .await;
    drop(Program::start(&[
        "--redis",
        &format!("redis://:open@{address}"),
    ]));
}
