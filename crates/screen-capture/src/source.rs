//! What can be captured: screens and windows, and their ids as text.
//!
//! Invariant: the text of an id reads back as the same id.

use std::{fmt, str::FromStr};

/// A screen or a window of an X11 display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub id: SourceId,
    /// The window's title, or the name of the screen's output. Other programs choose it.
    pub title: String,
    /// In pixels.
    pub width: u16,
    /// In pixels.
    pub height: u16,
}

/// Written as `screen:NUMBER` or `window:NUMBER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceId {
    /// The atom of a RandR monitor's name.
    Screen(u32),
    /// The id of a window.
    Window(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Screen,
    Window,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no id of a screen or a window")]
pub struct UnknownSource;

impl SourceId {
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Screen(_) => Kind::Screen,
            Self::Window(_) => Kind::Window,
        }
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Screen(atom) => write!(formatter, "screen:{atom}"),
            Self::Window(window) => write!(formatter, "window:{window}"),
        }
    }
}

impl FromStr for SourceId {
    type Err = UnknownSource;

    fn from_str(text: &str) -> Result<Self, UnknownSource> {
        let (kind, number) = text.split_once(':').ok_or(UnknownSource)?;
        let number = number.parse().map_err(|_| UnknownSource)?;
        match kind {
            "screen" => Ok(Self::Screen(number)),
            "window" => Ok(Self::Window(number)),
            _ => Err(UnknownSource),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_id_reads_back_from_its_text() {
        for id in [SourceId::Screen(3), SourceId::Window(u32::MAX)] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn text_that_is_no_id_is_refused() {
        for text in ["", "screen", "screen:", "window:-1", "window:x", "tab:1"] {
            assert_eq!(text.parse::<SourceId>(), Err(UnknownSource), "{text}");
        }
    }
}
