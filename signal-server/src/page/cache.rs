//! The page's files that are served at present.
//!
//! Invariant: no request touches the disk. A changed folder replaces the files as a whole, after it
//! has stayed unchanged for a while, so no client gets half of an upgrade.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::time::{MissedTickBehavior, interval};
use tracing::{info, warn};

use super::{
    PageSource,
    embedded::EmbeddedPage,
    folder::{FolderError, LeftOut, Listing, Resources},
    is_plain,
    resource::Resource,
};

const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// Cheap to clone. All clones serve the same files.
#[derive(Debug, Clone)]
pub(crate) struct PageCache(Source);

#[derive(Debug, Clone)]
enum Source {
    None,
    Folder(Arc<Folder>),
    Embedded(Arc<EmbeddedPage>),
}

#[derive(Debug)]
struct Folder {
    root: PathBuf,
    served: RwLock<Arc<Served>>,
}

#[derive(Debug)]
struct Served {
    listing: Listing,
    resources: Resources,
}

impl PageCache {
    /// # Errors
    /// A sentence that names the flag.
    pub(crate) fn open(source: &PageSource) -> Result<Self, String> {
        Ok(Self(match source {
            PageSource::None => Source::None,
            PageSource::Embedded(find) => {
                Source::Embedded(Arc::new(EmbeddedPage::new(Arc::clone(find))))
            }
            PageSource::Directory(root) => {
                let served = Served::read(root)
                    .map_err(|error| format!("--web-root is {}, which {error}.", root.display()))?;
                Source::Folder(Arc::new(Folder {
                    root: root.clone(),
                    served: RwLock::new(Arc::new(served)),
                }))
            }
        }))
    }

    pub(crate) async fn find(&self, name: &str) -> Option<Arc<Resource>> {
        match &self.0 {
            Source::None => None,
            Source::Folder(folder) => folder.served().resources.get(name).cloned(),
            Source::Embedded(page) if is_plain(name) => page.find(name).await,
            Source::Embedded(_) => None,
        }
    }

    /// Reads the folder again when it changes. Never ends.
    pub(crate) async fn keep(self) {
        match self.0 {
            Source::Folder(folder) => folder.keep().await,
            Source::None | Source::Embedded(_) => std::future::pending().await,
        }
    }
}

impl Folder {
    fn served(&self) -> Arc<Served> {
        Arc::clone(&self.served.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn keep(&self) {
        let mut ticks = interval(CHECK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut seen_before: Option<Listing> = None;
        let mut refused_before: Option<String> = None;
        loop {
            ticks.tick().await;
            match blocking(&self.root, Listing::of).await {
                Some(Ok(listing)) => {
                    refused_before = None;
                    if listing == self.served().listing {
                        seen_before = None;
                    } else if seen_before.as_ref() == Some(&listing) {
                        seen_before = None;
                        self.take_up().await;
                    } else {
                        seen_before = Some(listing);
                    }
                }
                // It is being replaced.
                Some(Err(FolderError::NoIndex | FolderError::Unreadable(_))) | None => {
                    seen_before = None;
                }
                Some(Err(error @ (FolderError::TooMany | FolderError::TooLarge))) => {
                    seen_before = None;
                    let sentence = error.to_string();
                    if refused_before.as_ref() != Some(&sentence) {
                        warn!("the changed page is not taken: --web-root {sentence}");
                        refused_before = Some(sentence);
                    }
                }
            }
        }
    }

    /// Unless it changes again while it is read.
    async fn take_up(&self) {
        let Some(Ok(served)) = blocking(&self.root, Served::read).await else {
            return;
        };
        *self.served.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(served);
        info!("the page has changed and is served as it is now");
    }
}

impl Served {
    fn read(root: &Path) -> Result<Self, FolderError> {
        let listing = Listing::of(root)?;
        let (resources, left_out) = listing.read();
        if !resources.contains_key(super::INDEX) {
            return Err(FolderError::NoIndex);
        }
        tell(&left_out);
        Ok(Self { listing, resources })
    }
}

fn tell(left_out: &[LeftOut]) {
    if let Some(LeftOut { name, reason }) = left_out.first() {
        let count = left_out.len();
        warn!(
            count,
            "not all of --web-root is served: {name:?} is not, since {reason}"
        );
    }
}

/// `None` only while the program ends.
async fn blocking<T: Send + 'static>(
    root: &Path,
    work: impl FnOnce(&Path) -> T + Send + 'static,
) -> Option<T> {
    let root = root.to_owned();
    tokio::task::spawn_blocking(move || work(&root)).await.ok()
}
