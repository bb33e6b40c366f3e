//! What a running program has in its memory, as the kernel shows it.
//!
//! Invariant: only memory that the program writes is searched; its own constants are left out.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    path::Path,
};

use anyhow::{Context, Result};
use memchr::memmem;

/// The kernel's page, on every Linux that the tests run on.
const PAGE_BYTES: u64 = 4_096;
/// An entry of `/proc/ID/pagemap` (proc(5)); its highest bit says that the page is in memory.
const ENTRY_BYTES: u64 = 8;

/// Which of these words stand in the memory of the process.
pub(crate) fn words_in<'words>(process: u32, words: &[&'words str]) -> Result<Vec<&'words str>> {
    let folder = Path::new("/proc").join(process.to_string());
    let regions = fs::read_to_string(folder.join("maps"))
        .with_context(|| format!("the memory of process {process} cannot be listed"))?;
    let memory = File::open(folder.join("mem"))?;
    let pages = File::open(folder.join("pagemap"))?;
    let mut found = vec![];
    for (start, end) in regions.lines().filter_map(written_region) {
        for (start, end) in used_parts(&pages, start, end)? {
            let mut bytes = vec![0; usize::try_from(end - start)?];
            // A page can go while others are read.
            if memory.read_exact_at(&mut bytes, start).is_err() {
                continue;
            }
            for &word in words {
                if !found.contains(&word) && memmem::find(&bytes, word.as_bytes()).is_some() {
                    found.push(word);
                }
            }
        }
    }
    Ok(found)
}

/// The parts of a region that are in memory: allocators reserve far more than they use.
fn used_parts(pages: &File, start: u64, end: u64) -> Result<Vec<(u64, u64)>> {
    let mut entries = vec![0; usize::try_from((end - start) / PAGE_BYTES * ENTRY_BYTES)?];
    pages.read_exact_at(&mut entries, start / PAGE_BYTES * ENTRY_BYTES)?;
    let mut parts: Vec<(u64, u64)> = vec![];
    let starts = (0..).map(|page| start + page * PAGE_BYTES);
    for (page, entry) in starts.zip(entries.chunks_exact(8)) {
        let is_used = entry.last().is_some_and(|byte| byte & 0x80 != 0);
        if !is_used {
            continue;
        }
        match parts.last_mut() {
            Some((_, end)) if *end == page => *end += PAGE_BYTES,
            _ => parts.push((page, page + PAGE_BYTES)),
        }
    }
    Ok(parts)
}

/// The addresses in a line of proc(5) `maps`, where the region can be read and written.
fn written_region(line: &str) -> Option<(u64, u64)> {
    let mut fields = line.split(' ');
    let (start, end) = fields.next()?.split_once('-')?;
    fields.next()?.starts_with("rw").then_some(())?;
    Some((
        u64::from_str_radix(start, 16).ok()?,
        u64::from_str_radix(end, 16).ok()?,
    ))
}
