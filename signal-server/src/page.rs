//! The page for guests: the source of its files, and how they are served.
//!
//! Invariant: only files of the page are served. A name is plain names between slashes; any other
//! is no file. Each file is in memory once, however many clients read it.

mod answer;
mod body;
mod cache;
mod coding;
mod embedded;
mod folder;
mod resource;

use std::{
    fmt,
    fs::File,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
};

pub(crate) use answer::{Caching, answer, not_found};
pub(crate) use cache::PageCache;

/// Finds a file of the page by its name, like `index.html` or `assets/main.js`.
type Embedded = Arc<dyn Fn(&str) -> Option<PageFile> + Send + Sync>;

/// The source of the page. If a file has a compressed form beside it (`main.js.br`, `main.js.gz`),
/// browsers that accept it get that form.
#[derive(Clone, Default)]
pub enum PageSource {
    /// The relay serves no page.
    #[default]
    None,
    /// A folder with `index.html` and its files. They are read at the start and again when they
    /// change.
    Directory(PathBuf),
    /// The program itself. Each file is requested once.
    Embedded(Embedded),
}

/// One file of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFile {
    pub bytes: Vec<u8>,
    /// The value of the `Content-Type` header.
    pub content_type: String,
}

pub(crate) const INDEX: &str = "index.html";

impl PageSource {
    /// A sentence if the page cannot be served.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Self::None | Self::Embedded(_) => Ok(()),
            Self::Directory(root) => check_folder(root),
        }
    }
}

fn check_folder(root: &Path) -> Result<(), String> {
    let index = root.join(INDEX);
    // Checked before it is opened, since opening a pipe waits for its writer.
    let opened = match index.is_file() {
        true => File::open(&index).map(drop),
        false => index.metadata().map(drop),
    };
    match opened {
        Ok(()) if index.is_file() => Ok(()),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(format!(
            "--web-root is {}, which the user that the relay runs as may not read. Let it, or \
             name another folder.",
            root.display()
        )),
        Ok(()) | Err(_) => Err(format!(
            "--web-root is {}, which holds no index.html. Build the page first, or name the \
             folder it was built into.",
            root.display()
        )),
    }
}

/// Letters, digits and `. _ - ` between single slashes, and no part begins with a dot. So no system
/// reads it as another folder, a drive, a stream or a hidden file.
fn is_plain(name: &str) -> bool {
    name.split('/').all(|part| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

impl fmt::Debug for PageSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => formatter.write_str("None"),
            Self::Directory(root) => formatter.debug_tuple("Directory").field(root).finish(),
            Self::Embedded(_) => formatter.write_str("Embedded"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expect: bool) {
        assert_eq!(is_plain(name), expect, "{name:?}");
    }

    #[test]
    fn only_plain_names_are_files() {
        check("index.html", true);
        check("assets/main-B1x_9.js", true);
        for name in [
            "",
            "/etc/passwd",
            "../Cargo.toml",
            "assets/../../Cargo.toml",
            "assets//main.js",
            "assets/",
            ".env",
            "assets/.hidden",
            "..\\Cargo.toml",
            "C:/Windows/win.ini",
            "main.js::$DATA",
            "%2e%2e/Cargo.toml",
            "main.js\0",
            "é.js",
        ] {
            check(name, false);
        }
    }
}
