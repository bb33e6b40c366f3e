//! Received files in a real folder.

use super::*;

const BLOCK: usize = 1024 * 1024;

fn file(name: &str, size: usize) -> FileId {
    FileId {
        name: name.to_owned(),
        size: size as u64,
        modified: 1_700_000_000_000,
        first: "ab".repeat(32),
    }
}

struct Downloads {
    folder: tempfile::TempDir,
    data: tempfile::TempDir,
    files: ReceivedFiles,
}

impl Downloads {
    fn new() -> Self {
        let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let files = ReceivedFiles::new(Some(folder.path().to_owned()), data.path());
        Self {
            folder,
            data,
            files,
        }
    }

    /// As after a crash.
    fn restarted(self) -> Self {
        let files = ReceivedFiles::new(Some(self.folder.path().to_owned()), self.data.path());
        Self { files, ..self }
    }

    fn open(&self, transfer: &str, file: &FileId) -> Result<FileAnswer, FileFailure> {
        self.files.answer(FileRequest::Open {
            transfer: transfer.to_owned(),
            file: file.clone(),
            sender: "ana@example.org".to_owned(),
        })
    }

    fn write(&self, block: u64, bytes: &[u8]) -> Result<(), FileFailure> {
        self.files.write("t", block, &hash(block), bytes)
    }

    fn finish(&self) -> Result<FileAnswer, FileFailure> {
        let transfer = "t".to_owned();
        self.files.answer(FileRequest::Finish { transfer })
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn receive(&self, name: &str) -> FileAnswer {
        self.open("t", &file(name, 5)).unwrap();
        self.write(0, b"hello").unwrap();
        self.finish().unwrap()
    }
}

fn hash(block: u64) -> String {
    format!("{:064x}", u128::from(block) + 1)
}

fn whole(name: &str, downloads: &Downloads) -> FileAnswer {
    FileAnswer::Whole {
        name: name.to_owned(),
        place: text_of(downloads.folder.path().file_name()),
    }
}

#[test]
fn file_gets_its_name_when_it_is_whole() {
    let downloads = Downloads::new();
    let file = file("a.txt", BLOCK + 3);
    downloads.open("t", &file).unwrap();
    // In any order.
    downloads.write(1, b"end").unwrap();
    assert_eq!(downloads.names(), ["a.txt.part", "a.txt.part.blocks"]);
    assert!(matches!(downloads.finish(), Err(FileFailure::Misuse(_))));
    downloads.open("t", &file).unwrap();
    downloads.write(0, &vec![7; BLOCK]).unwrap();
    assert_eq!(downloads.finish().unwrap(), whole("a.txt", &downloads));
    assert_eq!(downloads.names(), ["a.txt"]);
    let content = fs::read(downloads.folder.path().join("a.txt")).unwrap();
    assert_eq!(content, [vec![7; BLOCK], b"end".to_vec()].concat());
}

#[test]
fn empty_file_is_received() {
    let downloads = Downloads::new();
    downloads.open("t", &file("empty", 0)).unwrap();
    assert_eq!(downloads.finish().unwrap(), whole("empty", &downloads));
}

#[test]
fn unfinished_file_is_found_after_a_restart() {
    let downloads = Downloads::new();
    let file = file("a.txt", 3 * BLOCK);
    downloads.open("t", &file).unwrap();
    downloads.write(1, &vec![7; BLOCK]).unwrap();
    let downloads = downloads.restarted();
    let kept = FileAnswer::Part {
        hashes: [hex(&[0; 32]), hash(1), hex(&[0; 32])].concat(),
        sender: "ana@example.org".to_owned(),
    };
    let found = downloads
        .files
        .answer(FileRequest::Find { file: file.clone() });
    assert_eq!(found.unwrap(), kept);
    assert_eq!(downloads.open("t", &file).unwrap(), kept);
    assert_eq!(downloads.names(), ["a.txt.part", "a.txt.part.blocks"]);
}

#[test]
fn another_file_of_that_name_is_no_resume() {
    let downloads = Downloads::new();
    downloads.open("t", &file("a.txt", 3 * BLOCK)).unwrap();
    let other = FileId {
        modified: 5,
        ..file("a.txt", 3 * BLOCK)
    };
    let found = downloads.files.answer(FileRequest::Find {
        file: other.clone(),
    });
    assert_eq!(found.unwrap(), FileAnswer::Nothing);
    downloads.open("u", &other).unwrap();
    assert_eq!(downloads.names().len(), 4);
}

#[test]
fn nothing_is_replaced() {
    let downloads = Downloads::new();
    for name in ["a.txt", "a (2).txt", "a (3).txt"] {
        assert_eq!(downloads.receive("a.txt"), whole(name, &downloads));
    }
    assert_eq!(downloads.names(), ["a (2).txt", "a (3).txt", "a.txt"]);
}

#[test]
fn nasty_name_lands_inside_the_folder() {
    let downloads = Downloads::new();
    for name in ["../../evil", "/etc/passwd", "..", "con", "a\u{202e}b"] {
        downloads.receive(name);
    }
    let inside = ["_con", "a[U+202E]b", "evil", "file", "passwd"];
    assert_eq!(downloads.names(), inside);
}

#[test]
fn discard_removes_everything() {
    let downloads = Downloads::new();
    downloads.open("t", &file("a.txt", BLOCK)).unwrap();
    downloads.write(0, &vec![1; BLOCK]).unwrap();
    let transfer = "t".to_owned();
    let discard = FileRequest::Discard { transfer };
    assert_eq!(downloads.files.answer(discard).unwrap(), FileAnswer::Done);
    assert!(downloads.names().is_empty());
}

#[test]
fn discard_without_its_content_leaves_no_list() {
    let downloads = Downloads::new();
    downloads.open("t", &file("a.txt", BLOCK)).unwrap();
    fs::remove_file(downloads.folder.path().join("a.txt.part")).unwrap();
    let transfer = "t".to_owned();
    let discarded = downloads.files.answer(FileRequest::Discard { transfer });
    assert!(matches!(discarded, Err(FileFailure::Disk(_))));
    assert!(downloads.names().is_empty());
}

#[test]
fn page_that_begins_again_resumes_its_file() {
    let downloads = Downloads::new();
    let file = file("a.txt", BLOCK + 3);
    downloads.open("t", &file).unwrap();
    downloads.write(0, &vec![1; BLOCK]).unwrap();
    for _ in 0..2 {
        let FileAnswer::Part { hashes, .. } = downloads.open("t", &file).unwrap() else {
            panic!("it is not open");
        };
        assert!(hashes.starts_with(&hash(0)));
        downloads.files.close_all();
    }
    downloads.open("u", &file).unwrap();
    assert_eq!(downloads.names(), ["a.txt.part", "a.txt.part.blocks"]);
}

#[test]
fn file_without_its_list_is_whole_all_the_same() {
    let downloads = Downloads::new();
    downloads.open("t", &file("a.txt", 5)).unwrap();
    downloads.write(0, b"hello").unwrap();
    fs::remove_file(downloads.folder.path().join("a.txt.part.blocks")).unwrap();
    assert_eq!(downloads.finish().unwrap(), whole("a.txt", &downloads));
    assert_eq!(downloads.names(), ["a.txt"]);
}

#[test]
fn received_file_is_never_taken_for_a_list() {
    let downloads = Downloads::new();
    downloads.receive("a.txt.part.blocks");
    assert_eq!(downloads.names(), ["a.txt.part.blocks_"]);
}

#[test]
fn file_that_is_not_whole_stays_open() {
    let downloads = Downloads::new();
    downloads.open("t", &file("a.txt", 5)).unwrap();
    assert!(matches!(downloads.finish(), Err(FileFailure::Misuse(_))));
    downloads.write(0, b"hello").unwrap();
    assert_eq!(downloads.finish().unwrap(), whole("a.txt", &downloads));
}

#[test]
fn block_that_the_file_does_not_have_is_refused() {
    let downloads = Downloads::new();
    downloads.open("t", &file("a.txt", BLOCK + 3)).unwrap();
    for (block, length) in [(2, 3), (1, 4), (0, 3), (u64::MAX, 3), (1 << 44, BLOCK)] {
        let refused = downloads.write(block, &vec![0; length]);
        assert!(matches!(refused, Err(FileFailure::Misuse(_))), "{block}");
    }
    for hash in [
        "",
        "ab",
        &"zz".repeat(32),
        &"é".repeat(32),
        &"+f".repeat(32),
    ] {
        let refused = downloads.files.write("t", 1, hash, b"end");
        assert!(matches!(refused, Err(FileFailure::Misuse(_))), "{hash}");
    }
    let refused = downloads.files.write("other", 0, &hash(0), b"end");
    assert!(matches!(refused, Err(FileFailure::Misuse(_))));
}

#[test]
fn absurd_size_is_refused() {
    let downloads = Downloads::new();
    let absurd = FileId {
        size: 1 << 50,
        ..file("a", 0)
    };
    assert!(matches!(
        downloads.open("t", &absurd),
        Err(FileFailure::Misuse(_))
    ));
    assert!(downloads.names().is_empty());
}

#[test]
fn damaged_list_of_blocks_is_passed_over() {
    let downloads = Downloads::new();
    let file = file("a.txt", BLOCK);
    for text in ["", "{}\n", "no json\n", "{\"version\":9}\n"] {
        fs::write(downloads.folder.path().join("a.txt.part.blocks"), text).unwrap();
        let found = downloads
            .files
            .answer(FileRequest::Find { file: file.clone() });
        assert_eq!(found.unwrap(), FileAnswer::Nothing);
    }
    // And it is not overwritten.
    downloads.open("t", &file).unwrap();
    assert!(downloads.names().contains(&"a (2).txt.part".to_owned()));
}

#[test]
fn unfinished_file_is_found_in_the_folder_of_before() {
    let downloads = Downloads::new();
    let file = file("a.txt", BLOCK + 3);
    downloads.open("t", &file).unwrap();
    downloads.write(1, b"end").unwrap();
    let other = tempfile::tempdir().unwrap();
    let answer = downloads.files.choose(other.path().to_owned()).unwrap();
    let path = other.path().to_str().unwrap().to_owned();
    let folder = FolderKind::Chosen;
    assert_eq!(answer, FileAnswer::Folder { path, folder });

    let downloads = downloads.restarted();
    assert!(matches!(
        downloads
            .files
            .answer(FileRequest::Find { file: file.clone() }),
        Ok(FileAnswer::Part { .. })
    ));
    downloads.open("t", &file).unwrap();
    downloads.write(0, &vec![7; BLOCK]).unwrap();
    assert_eq!(downloads.finish().unwrap(), whole("a.txt", &downloads));
    // The next one goes to the chosen folder.
    downloads.receive("b.txt");
    assert!(other.path().join("b.txt").is_file());
    assert_eq!(downloads.names(), ["a.txt"]);
}
