//! A page that is in the program itself.
//!
//! Invariant: each file is asked for once, however many want it at the same moment.

use std::{collections::HashMap, fmt, sync::Arc};

use tokio::sync::Mutex;

use super::{Embedded, resource::Resource};

pub(super) struct EmbeddedPage {
    find: Embedded,
    /// Held over the awaiting of a file, so that nobody asks for it again meanwhile. Only names
    /// that exist are in it.
    found: Mutex<HashMap<String, Arc<Resource>>>,
}

impl EmbeddedPage {
    pub(super) fn new(find: Embedded) -> Self {
        Self {
            find,
            found: Mutex::default(),
        }
    }

    pub(super) async fn find(&self, name: &str) -> Option<Arc<Resource>> {
        let mut found = self.found.lock().await;
        if let Some(resource) = found.get(name) {
            return Some(Arc::clone(resource));
        }
        let find = Arc::clone(&self.find);
        let wanted = name.to_owned();
        // Reading it may mean to decompress it.
        let read = tokio::task::spawn_blocking(move || read(&*find, &wanted));
        let resource = Arc::new(read.await.ok()??);
        found.insert(name.to_owned(), Arc::clone(&resource));
        Some(resource)
    }
}

fn read(
    find: &(dyn Fn(&str) -> Option<super::PageFile> + Send + Sync),
    name: &str,
) -> Option<Resource> {
    let (resource, left_out) = Resource::new(find(name)?, |coding| {
        find(&format!("{name}{}", coding.suffix())).map(|file| file.bytes)
    });
    for super::resource::NotOfThisFile(coding) in left_out {
        // The shell changes what it embeds, and so the page itself.
        tracing::debug!(name, ?coding, "a compressed form is not of this file");
    }
    Some(resource)
}

impl fmt::Debug for EmbeddedPage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmbeddedPage")
    }
}
