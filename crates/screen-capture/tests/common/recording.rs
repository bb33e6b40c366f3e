//! A capture whose frames are put together, as a receiver does.

use std::{
    io,
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use screen_capture::{Capture, End, Event, Frame};

/// Longer than a slow computer needs.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Between two changes.
#[allow(dead_code, reason = "as its use")]
const SHORT: Duration = Duration::from_millis(300);

pub(crate) type Handle = Box<dyn FnMut(Event) + Send>;

pub(crate) struct Recording {
    capture: Capture,
    events: Receiver<Event>,
    pub(crate) width: usize,
    pub(crate) height: usize,
    luma: Vec<u8>,
}

impl Recording {
    /// With its first frame.
    #[allow(
        dead_code,
        reason = "a portal gives the first one when something changes"
    )]
    pub(crate) fn start(start: impl FnOnce(Handle) -> io::Result<Capture>) -> Self {
        let mut recording = Self::request_first(start);
        recording.next();
        recording
    }

    /// The first frame is on its way.
    pub(crate) fn request_first(start: impl FnOnce(Handle) -> io::Result<Capture>) -> Self {
        let (sender, events) = channel();
        let handle = move |event| {
            // A recording that is gone takes no more.
            sender.send(event).ok();
        };
        let recording = Self {
            capture: start(Box::new(handle)).unwrap(),
            events,
            width: 0,
            height: 0,
            luma: Vec::new(),
        };
        recording.request();
        recording
    }

    /// Call it before the picture changes, so that the change is not in a frame before.
    pub(crate) fn request(&self) {
        self.capture.request_frame();
    }

    /// The rows of the frame that was requested.
    pub(crate) fn next(&mut self) -> std::ops::Range<usize> {
        match self.events.recv_timeout(TIMEOUT).expect("an event") {
            Event::Frame(frame) => self.apply(&frame),
            Event::Ended(end) => panic!("ended: {end:?}"),
        }
    }

    /// Frames until the picture fulfils this, while `change` changes something again and again.
    #[allow(dead_code, reason = "some tests change a picture once")]
    pub(crate) fn until_with(
        &mut self,
        fulfilled: impl Fn(&Self) -> bool,
        mut change: impl FnMut(),
    ) {
        let start = Instant::now();
        while !fulfilled(self) {
            assert!(
                start.elapsed() < TIMEOUT,
                "{} x {}",
                self.width,
                self.height
            );
            change();
            self.request();
            match self.events.recv_timeout(SHORT) {
                Ok(Event::Frame(frame)) => {
                    self.apply(&frame);
                }
                Ok(Event::Ended(end)) => panic!("ended: {end:?}"),
                Err(_) => (),
            }
        }
    }

    /// Frames until the picture fulfils this.
    pub(crate) fn until(&mut self, fulfilled: impl Fn(&Self) -> bool) {
        while !fulfilled(self) {
            self.request();
            self.next();
        }
    }

    pub(crate) fn end(&self) -> End {
        loop {
            self.request();
            match self.events.recv_timeout(TIMEOUT).expect("an event") {
                Event::Frame(_) => (),
                Event::Ended(end) => return end,
            }
        }
    }

    pub(crate) fn luma(&self, x: usize, y: usize) -> u8 {
        self.luma[y * self.width + x]
    }

    fn apply(&mut self, frame: &Frame) -> std::ops::Range<usize> {
        let size = (usize::from(frame.width), usize::from(frame.height));
        let is_new = (self.width, self.height) != size;
        (self.width, self.height) = size;
        if is_new {
            self.luma = vec![0; self.width * self.height];
        }
        let mut bottom = 0;
        for band in &frame.bands {
            let top = usize::from(band.top);
            let luma = &band.bytes[..band.bytes.len() / 3 * 2];
            let from = top * self.width;
            self.luma[from..from + luma.len()].copy_from_slice(luma);
            bottom = top + luma.len() / self.width;
        }
        let top = usize::from(frame.bands[0].top);
        assert!(!is_new || (top, bottom) == (0, self.height), "not all rows");
        top..bottom
    }
}
