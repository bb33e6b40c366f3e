//! Who may allocate, and when an allocation ends with its member.

use std::time::Duration;

use turn_server::{Credentials, LeaveReason, MemberId, Now, Secret};

use crate::support::{By, Server, within};

#[tokio::test]
async fn only_credentials_of_a_member_get_an_allocation() {
    let server = Server::start(|config| config.secret = Secret::new("known to the test"));
    let refused = async |credentials: Credentials| {
        let allocated = server.allocate_with(By::Tcp, credentials).await;
        allocated.err().map(|failure| failure.code)
    };
    let ann = server.issue("ann");
    assert_eq!(refused(ann.clone()).await, None);
    let guessed = Credentials {
        password: "guessed".to_owned(),
        ..ann.clone()
    };
    assert_eq!(refused(guessed).await, Some(401));
    // The secret alone admits nobody.
    let later = Now::read().unix + 3600;
    let stranger = Secret::new("known to the test").credentials(&MemberId::new("bob"), later);
    assert_eq!(refused(stranger).await, Some(401));
    let member = MemberId::new("ann");
    let now = Now::read();
    let expired = server.turn.issue_credentials(&member, Duration::ZERO, now);
    assert_eq!(refused(expired).await, Some(401));
    server.issue("ann");
    assert_eq!(refused(ann.clone()).await, None);
    server
        .turn
        .handle_gone(&member, LeaveReason::Lost, Now::read().instant);
    assert_eq!(refused(ann).await, Some(401));
    assert_eq!(server.turn.counters().refused.credentials.get(), 4);
}

#[tokio::test]
async fn member_that_left_loses_its_connection() {
    let server = Server::start(|_| ());
    let mut ann = server.allocate(By::Tcp, "ann").await;
    let mut bob = server.allocate(By::Tls, "bob").await;
    let now = Now::read().instant;
    server
        .turn
        .handle_gone(&MemberId::new("ann"), LeaveReason::Left, now);
    assert!(within(ann.connection.next()).await.is_err());
    server
        .turn
        .handle_gone(&MemberId::new("bob"), LeaveReason::Removed, now);
    assert!(within(bob.connection.next()).await.is_err());
}

#[tokio::test]
async fn dropped_server_ends_its_connections() {
    let server = Server::start(|_| ());
    let mut client = server.allocate(By::Tcp, "ann").await;
    drop(server);
    assert!(within(client.connection.next()).await.is_err());
}
