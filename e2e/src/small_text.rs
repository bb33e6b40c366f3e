//! Text of 12 pixels in a picture: written, and read again by OCR (tesseract).
//!
//! Invariant: the same number gives the same text.

use std::{fs, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::json;

use crate::{display::Picture, page::Page, programs, wait};

const DRAW: &str = include_str!("page/text-picture.js");
const FIRST: &str = include_str!("page/first-picture.js");
const KEPT: &str = include_str!("page/kept-picture.js");
const SHOWN: &str = include_str!("page/shown-picture.js");
const WIDTH: u16 = 640;
const HEIGHT: u16 = 360;
const LINES: u32 = 18;
const WORDS_A_LINE: u32 = 11;
/// Of the letters, to call a text read.
pub const MIN_SHARE: f64 = 0.95;
/// Tesseract wants letters of 30 pixels.
const SCALE: u32 = 3;
const WORDS: [&str; 40] = [
    "about", "after", "answer", "before", "better", "branch", "bridge", "change", "corner",
    "during", "engine", "figure", "finger", "follow", "garden", "happen", "island", "kitchen",
    "letter", "machine", "market", "memory", "minute", "morning", "number", "orange", "paper",
    "picture", "planet", "quarter", "report", "river", "second", "silver", "simple", "station",
    "summer", "travel", "window", "yellow",
];

/// Known text.
#[derive(Debug, Clone)]
pub struct SmallText {
    lines: Vec<String>,
}

impl SmallText {
    pub fn numbered(number: u32) -> Self {
        let mut state = number.wrapping_mul(2_654_435_761).wrapping_add(1);
        let mut word = || {
            // Of Numerical Recipes.
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            WORDS[(state >> 16) as usize % WORDS.len()]
        };
        let mut line = || {
            let words: Vec<_> = (0..WORDS_A_LINE).map(|_| word()).collect();
            words.join(" ")
        };
        Self {
            lines: (0..LINES).map(|_| line()).collect(),
        }
    }

    /// Drawn by this page.
    pub async fn picture(&self, page: &Page) -> Result<Picture> {
        Ok(Picture {
            width: WIDTH,
            height: HEIGHT,
            rgba: self
                .drawn(page, [0.0, 0.0], (WIDTH, HEIGHT), "rgba")
                .await?,
        })
    }

    /// A white picture of this size with the text in the part, as a PNG that this page draws.
    pub async fn png(
        &self,
        page: &Page,
        size: (u16, u16),
        [left, top, _, _]: [f64; 4],
    ) -> Result<Vec<u8>> {
        let corner = [left * f64::from(size.0), top * f64::from(size.1)];
        self.drawn(page, corner, size, "png").await
    }

    async fn drawn(
        &self,
        page: &Page,
        corner: [f64; 2],
        size: (u16, u16),
        form: &str,
    ) -> Result<Vec<u8>> {
        let place = [json!(self.lines), json!(corner), json!(size), json!(form)];
        let drawn: String = page.script(DRAW, place.to_vec()).await?;
        Ok(BASE64_STANDARD.decode(drawn)?)
    }

    /// The share of its letters in what was read, from 0 to 1.
    pub fn share_of(&self, read: &str) -> f64 {
        let read: Vec<&str> = read.split_whitespace().collect();
        similarity(&self.lines.join(" "), &read.join(" "))
    }
}

/// A picture that a page showed soon after the first one of a video.
#[derive(Debug)]
struct EarlyPicture {
    /// When the first one was shown, by [`wait::clock`].
    first: f64,
    /// In pixels, as it was received.
    width: u32,
    png: Vec<u8>,
}

#[derive(Deserialize)]
struct Kept {
    first: f64,
    width: u32,
    png: String,
}

/// From now on, this page keeps what a video with this name shows within this time after its first
/// picture.
pub async fn keep_early(page: &Page, name: &str, duration: Duration) -> Result<()> {
    let arguments = vec![json!(name), json!(duration.as_millis())];
    page.script(FIRST, arguments).await
}

/// Waits for this part of the last picture that it has kept.
async fn kept_early(page: &Page, part: [f64; 4]) -> Result<EarlyPicture> {
    let Kept { first, width, png } = wait::until("the picture is kept", async || {
        page.script(KEPT, vec![json!(SCALE), json!(part)]).await
    })
    .await?;
    Ok(EarlyPicture {
        first,
        width,
        png: BASE64_STANDARD.decode(png)?,
    })
}

/// Reads the text in this part of the picture that the page has kept, which stays as `file`: enough of
/// its letters must be there. `pressed` is when the share was asked for, by [`wait::clock`]. Returns the
/// width of the whole picture, and what was found, in words.
pub async fn is_read_early(
    page: &Page,
    text: &SmallText,
    part: [f64; 4],
    pressed: f64,
    file: &Path,
) -> Result<(u32, String)> {
    let early = kept_early(page, part).await?;
    let read = read(&early.png, file)?;
    let share = text.share_of(&read);
    let found = format!(
        "{:.1} % of the letters, in a picture {} wide; the first one came {:.0} ms after the press",
        share * 100.0,
        early.width,
        early.first - pressed,
    );
    ensure!(share >= MIN_SHARE, "{found}:\n{read}");
    Ok((early.width, found))
}

/// A picture that a page shows.
#[derive(Debug)]
pub struct ShownPicture {
    /// In pixels, as it was received.
    pub width: u32,
    pub png: Vec<u8>,
}

#[derive(Deserialize)]
struct Shown {
    width: u32,
    png: String,
}

/// All of a picture: left, top, width and height as shares of it.
pub const WHOLE: [f64; 4] = [0.0, 0.0, 1.0, 1.0];

/// What this part of the video with this name shows now.
pub async fn shown(page: &Page, name: &str, part: [f64; 4]) -> Result<ShownPicture> {
    let arguments = vec![json!(name), json!(SCALE), json!(part)];
    let shown: Option<Shown> = page.script(SHOWN, arguments).await?;
    let Shown { width, png } = shown.context("no such video shows anything")?;
    Ok(ShownPicture {
        width,
        png: BASE64_STANDARD.decode(png)?,
    })
}

/// What tesseract reads in this PNG, which is kept as `file`.
pub fn read(png: &[u8], file: &Path) -> Result<String> {
    fs::write(file, png)?;
    let output = Command::new(programs::linux("tesseract")?)
        .arg(file)
        .args(["stdout", "--psm", "6", "-l", "eng"])
        .env("OMP_THREAD_LIMIT", "1")
        .output()
        .context("tesseract did not start")?;
    ensure!(
        output.status.success(),
        "tesseract: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// 1 less the edit distance (Levenshtein) as a share of the expected text's length.
fn similarity(expect: &str, read: &str) -> f64 {
    let (expect, read) = (expect.as_bytes(), read.as_bytes());
    let mut row: Vec<usize> = (0..=read.len()).collect();
    for (index, letter) in expect.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (at, other) in read.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(row[at] + 1).min(diagonal + 1);
        }
    }
    let distance = row[read.len()];
    1.0 - distance as f64 / expect.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::{SmallText, similarity};

    #[test]
    fn similarity_counts_letters() {
        let check = |expect: &str, read: &str, share: f64| {
            assert!((similarity(expect, read) - share).abs() < 1e-9, "{read}");
        };
        check("planet", "planet", 1.0);
        check("planet", "plamet", 5.0 / 6.0);
        check("planet", "plane", 5.0 / 6.0);
        check("planet", "pla net", 5.0 / 6.0);
        check("planet", "", 0.0);
        check("ab", "completely other", -7.0);
    }

    #[test]
    fn texts_differ_by_their_number() {
        let (one, other) = (SmallText::numbered(1), SmallText::numbered(2));
        assert!(one.share_of(&one.lines.join("\n")) > 0.999);
        assert!(one.share_of(&other.lines.join("\n")) < 0.6);
    }
}
