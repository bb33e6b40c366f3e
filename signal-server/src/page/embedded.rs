//! A page inside the program itself.
//!
//! Invariant: each file is requested once, also if several clients want it at the same moment.

use std::{collections::HashMap, fmt, sync::Arc};

use tokio::sync::Mutex;

use super::{Embedded, resource::Resource};

pub(super) struct EmbeddedPage {
    find: Embedded,
    /// Held while a file is awaited, so that it is not requested again meanwhile. Contains existing
    /// names only.
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
        // Reading may include decompression.
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
        // The shell changes the embedded page, so its compressed forms can differ.
        tracing::debug!(name, ?coding, "a compressed form is not of this file");
    }
    Some(resource)
}

impl fmt::Debug for EmbeddedPage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmbeddedPage")
    }
}
