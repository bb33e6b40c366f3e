//! Captured screens: what a page is granted, frames on request, and their end.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use screen_capture::{SourceId, sources};
use webview_rtc::{
    CaptureSource, Transport,
    wire::{
        event::Event,
        frame::{CapturedRows, Frame},
        id::CaptureId,
        request::RequestKind,
    },
};

use crate::page::Page;

const CAPTURE: CaptureId = CaptureId(1);

/// An X server that ends with its test.
struct Server {
    process: Child,
    display: String,
}

impl Server {
    fn start() -> Self {
        let mut process = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x720x24"])
            .args(["-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb: cargo xtask setup installs it");
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let display = format!(":{}", line.trim());
        Self { process, display }
    }

    fn screen(&self) -> CaptureSource {
        let sources = sources(Some(&self.display)).unwrap();
        self.source(sources[0].id)
    }

    fn source(&self, id: SourceId) -> CaptureSource {
        CaptureSource::Display {
            display: Some(self.display.clone()),
            id,
        }
    }

    fn stop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn open(grant: String) -> RequestKind {
    RequestKind::OpenCapture {
        capture: CAPTURE,
        grant,
        frame_rate: 30.0,
    }
}

async fn open_capture(page: &mut Page, transport: &Transport, source: CaptureSource) {
    let grant = transport.grant_capture(source).await.unwrap();
    page.ask_done(open(grant)).await;
    let capture = CAPTURE;
    page.ask_done(RequestKind::RequestCapturedFrame { capture })
        .await;
}

/// The error of the end.
async fn ended(page: &mut Page) -> Option<String> {
    page.event(|event| match event {
        Event::CaptureEnded { capture, error } if capture == CAPTURE => Some(error),
        _ => None,
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn granted_capture_gives_the_frame_that_is_requested() {
    let server = Server::start();
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    open_capture(&mut page, &transport, server.screen()).await;
    let mut rows = 0;
    loop {
        let message = page.next_frame().await;
        let Ok(Frame::CapturedRows(CapturedRows {
            last,
            capture: CAPTURE,
            width: 1280,
            height: 720,
            top,
            bytes,
        })) = Frame::decode(&message)
        else {
            panic!("no rows of the screen");
        };
        assert_eq!(usize::from(top), rows);
        rows += bytes.len() / (1280 * 3 / 2);
        if last {
            break;
        }
    }
    assert_eq!(rows, 720);
    let capture = CAPTURE;
    page.ask_done(RequestKind::CloseCapture { capture }).await;
    let refused = page
        .ask_refused(RequestKind::RequestCapturedFrame { capture })
        .await;
    assert_eq!(refused, "InvalidStateError");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn capture_without_a_grant_is_refused() {
    let server = Server::start();
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    for invented in [String::new(), "0".repeat(32)] {
        assert_eq!(page.ask_refused(open(invented)).await, "NotAllowedError");
    }
    let grant = transport.grant_capture(server.screen()).await.unwrap();
    page.ask_done(open(grant.clone())).await;
    let capture = CAPTURE;
    page.ask_done(RequestKind::CloseCapture { capture }).await;
    assert_eq!(page.ask_refused(open(grant)).await, "NotAllowedError");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn capture_of_what_is_gone_ends_without_an_error() {
    let server = Server::start();
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    let closed = server.source(SourceId::Window(0x123_4567));
    open_capture(&mut page, &transport, closed).await;
    assert_eq!(ended(&mut page).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn capture_of_a_broken_display_ends_with_an_error() {
    let mut server = Server::start();
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    open_capture(&mut page, &transport, server.screen()).await;
    while let Ok(Frame::CapturedRows(rows)) = Frame::decode(&page.next_frame().await) {
        if rows.last {
            break;
        }
    }
    server.stop();
    let capture = CAPTURE;
    page.ask_done(RequestKind::RequestCapturedFrame { capture })
        .await;
    let error = ended(&mut page).await.expect("an error");
    assert!(error.contains("X11"), "{error}");
}
