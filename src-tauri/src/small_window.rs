//! The small window of a call: above all others, in the corner of its screen.
//!
//! Invariant: the size and the place from before come back, whatever was asked for how often.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use tauri::{
    LogicalSize, Manager, PhysicalPosition, PhysicalSize, UserAttentionType, WebviewWindow,
};
#[cfg(test)]
use ts_rs::TS;

const SIZE: LogicalSize<f64> = LogicalSize::new(336.0, 252.0);
/// From the edges of the screen.
const MARGIN: f64 = 24.0;

/// What the page asks its window for.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(TS))]
pub(crate) enum WindowRequest {
    /// Unless the person is there.
    Attention,
    Small,
    Ordinary,
}

#[derive(Debug, Default)]
pub(crate) struct SmallWindow {
    /// Never locked across an await.
    before: Mutex<Option<Before>>,
}

#[derive(Debug, Clone, Copy)]
enum Before {
    Ordinary {
        size: PhysicalSize<u32>,
        place: PhysicalPosition<i32>,
    },
    /// Its ordinary size and place are the system's.
    Maximized,
}

impl SmallWindow {
    pub(crate) fn grant(&self, window: &WebviewWindow, wish: WindowRequest) -> tauri::Result<()> {
        match wish {
            WindowRequest::Attention if window.is_focused()? => Ok(()),
            WindowRequest::Attention => {
                window.request_user_attention(Some(UserAttentionType::Critical))
            }
            WindowRequest::Small => self.shrink(window),
            WindowRequest::Ordinary => self.restore(window),
        }
    }

    fn shrink(&self, window: &WebviewWindow) -> tauri::Result<()> {
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        if before.is_some() {
            return Ok(());
        }
        let maximized = window.is_maximized()?;
        let (inner, outer) = (window.inner_size()?, window.outer_size()?);
        *before = Some(if maximized {
            Before::Maximized
        } else {
            let place = window.outer_position()?;
            Before::Ordinary { size: inner, place }
        });
        if maximized {
            window.unmaximize()?;
        }
        window.set_min_size(None::<LogicalSize<f64>>)?;
        window.set_size(SIZE)?;
        if let Some(screen) = window.current_monitor()? {
            let scale = screen.scale_factor();
            let decorations = PhysicalSize::new(
                outer.width.saturating_sub(inner.width),
                outer.height.saturating_sub(inner.height),
            );
            let at = corner(*screen.position(), *screen.size(), scale, decorations);
            window.set_position(at)?;
        }
        window.set_always_on_top(true)
    }

    fn restore(&self, window: &WebviewWindow) -> tauri::Result<()> {
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = before.take() else {
            return Ok(());
        };
        window.set_always_on_top(false)?;
        let config = window.app_handle().config().app.windows.first();
        match before {
            Before::Ordinary { size, place } => {
                window.set_size(size)?;
                window.set_position(place)?;
            }
            Before::Maximized => {
                // That of a first start, for when it is not maximized any more.
                if let Some(config) = config {
                    window.set_size(LogicalSize::new(config.width, config.height))?;
                }
                window.maximize()?;
            }
        }
        let least = config.and_then(|config| Some((config.min_width?, config.min_height?)));
        window.set_min_size(least.map(|(width, height)| LogicalSize::new(width, height)))
    }
}

/// Where the window is in the lower right corner. The system adds `decorations` to its size.
fn corner(
    screen: PhysicalPosition<i32>,
    size: PhysicalSize<u32>,
    scale: f64,
    decorations: PhysicalSize<u32>,
) -> PhysicalPosition<i32> {
    let from = |start: i32, length: u32, own: f64, added: u32| {
        let free = f64::from(length) - f64::from(added) - (own + MARGIN) * scale;
        start + free.max(0.0) as i32
    };
    PhysicalPosition::new(
        from(screen.x, size.width, SIZE.width, decorations.width),
        from(screen.y, size.height, SIZE.height, decorations.height),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_window_is_inside_any_screen() {
        let at = |(x, y), (width, height), scale, added| {
            let place = PhysicalPosition::new(x, y);
            let decorations = PhysicalSize::new(0, added);
            let found = corner(place, PhysicalSize::new(width, height), scale, decorations);
            (found.x, found.y)
        };
        assert_eq!(at((0, 0), (1920, 1080), 1.0, 0), (1560, 804));
        assert_eq!(at((0, 0), (1920, 1080), 1.0, 37), (1560, 767));
        assert_eq!(at((1920, -200), (3840, 2160), 2.0, 0), (5040, 1408));
        assert_eq!(at((0, 0), (300, 200), 1.0, 30), (0, 0));
    }
}
