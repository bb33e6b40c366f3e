//! The files that the page's folder may contain, and changes of it.

use std::{
    fs,
    os::unix::{fs::symlink, net::UnixListener},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use signal_server::PageSource;
use tempfile::TempDir;

use crate::relay::{Program, Relay, get, within};

const STOP_TIMEOUT: Duration = Duration::from_secs(10);

fn page() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_page(folder.path(), "one");
    folder
}

/// A build with one script, named by its content.
fn write_page(folder: &Path, build: &str) {
    fs::create_dir_all(folder.join("assets")).unwrap();
    fs::write(folder.join(format!("assets/main-{build}.js")), build).unwrap();
    fs::write(folder.join("index.html"), format!("<p>{build}")).unwrap();
}

fn pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

#[tokio::test]
async fn only_regular_files_inside_the_folder_are_served() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.txt"), "secret").unwrap();
    let folder = page();
    let root = folder.path();
    pipe(&root.join("pipe.js"));
    pipe(&root.join("assets/main-one.js.br"));
    let _socket = UnixListener::bind(root.join("socket.js")).unwrap();
    fs::create_dir(root.join("folder.js")).unwrap();
    fs::write(root.join("folder.js/inside.txt"), "inside").unwrap();
    symlink("/dev/zero", root.join("zero.js")).unwrap();
    symlink("/dev/stdin", root.join("stdin.js")).unwrap();
    symlink("/proc/self/environ", root.join("environ.js")).unwrap();
    symlink(outside.path(), root.join("outside")).unwrap();
    symlink(outside.path().join("secret.txt"), root.join("secret.js")).unwrap();
    symlink("nowhere", root.join("dangling.js")).unwrap();
    symlink("loop.js", root.join("loop.js")).unwrap();
    symlink(".", root.join("self")).unwrap();
    symlink("assets/main-one.js", root.join("inside.js")).unwrap();
    symlink("assets", root.join("also")).unwrap();
    fs::write(root.join(".hidden.js"), "secret").unwrap();
    fs::write(root.join("a b.js"), "secret").unwrap();

    let source = PageSource::Directory(root.to_owned());
    let relay = Relay::start(|config| config.page = source).await;
    for target in [
        "/pipe.js",
        "/assets/main-one.js.br",
        "/socket.js",
        "/folder.js",
        "/folder.js/",
        "/zero.js",
        "/stdin.js",
        "/environ.js",
        "/outside/secret.txt",
        "/secret.js",
        "/dangling.js",
        "/loop.js",
        "/self/index.html",
        "/.hidden.js",
        "/a%20b.js",
    ] {
        let answer = get(relay.address, target).await;
        assert_eq!(answer.status, 404, "{target}");
        assert!(!answer.body.contains("secret"), "{target}");
    }
    for (target, body) in [
        ("/", "<p>one"),
        ("/assets/main-one.js", "one"),
        ("/inside.js", "one"),
        ("/also/main-one.js", "one"),
        ("/folder.js/inside.txt", "inside"),
    ] {
        let answer = get(relay.address, target).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, body),
            "{target}"
        );
    }
}

/// The relay waits for neither, and serves neither.
#[test]
fn index_outside_of_the_folder_is_refused() {
    let refused = |make: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        make(&folder.path().join("index.html"));
        let output = Program::command()
            .args(["--listen", "127.0.0.1:0", "--web-root"])
            .arg(folder.path())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{said}");
        assert!(
            said.contains("which holds no index.html. Build the page first"),
            "{said}"
        );
    };
    refused(&pipe);
    refused(&|index| symlink("/dev/zero", index).unwrap());
    refused(&|index| symlink("/etc/passwd", index).unwrap());
    refused(&|index| symlink("index.html", index).unwrap());
    refused(&|index| fs::create_dir(index).unwrap());
    refused(&|_| ());
}

#[test]
fn folder_without_a_page_is_refused() {
    let folder = page();
    for count in 0..4200 {
        fs::write(folder.path().join(format!("{count}.txt")), "").unwrap();
    }
    check_refused(folder.path(), "holds more than 4096 files");
    let folder = page();
    let large = fs::File::create(folder.path().join("film.mp4")).unwrap();
    // It needs no space on the disk.
    large.set_len(1 << 40).unwrap();
    check_refused(folder.path(), "holds more than 128 MiB");
}

fn check_refused(folder: &Path, expect: &str) {
    let output = Program::command()
        .args(["--listen", "127.0.0.1:0", "--web-root"])
        .arg(folder)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("--web-root is ") && said.contains(expect),
        "{said}"
    );
}

#[tokio::test]
async fn pipe_in_the_folder_does_not_delay_the_shutdown() {
    let folder = page();
    pipe(&folder.path().join("pipe.js"));
    let program = Program::start(&["--web-root", folder.path().to_str().unwrap()]);
    pipe(&folder.path().join("later.js"));
    for target in ["/pipe.js", "/later.js", "/pipe.js"] {
        assert_eq!(get(program.address, target).await.status, 404);
    }
    program.terminate();
    assert!(program.wait(STOP_TIMEOUT).await.success());
}

/// A client with the first index still gets its script until the relay has read the second build as
/// a whole.
#[tokio::test]
async fn page_is_replaced_as_a_whole() {
    let folder = page();
    let source = PageSource::Directory(folder.path().to_owned());
    let relay = Relay::start(|config| config.page = source).await;
    let first = get(relay.address, "/").await;
    let tag = first.header("etag").unwrap().to_owned();
    fs::remove_dir_all(folder.path().join("assets")).unwrap();
    fs::remove_file(folder.path().join("index.html")).unwrap();
    write_page(folder.path(), "two");
    within(async {
        loop {
            let index = get(relay.address, "/").await;
            let one = get(relay.address, "/assets/main-one.js").await.status;
            let two = get(relay.address, "/assets/main-two.js").await.status;
            if index.body == "<p>two" {
                assert_ne!(index.header("etag"), Some(tag.as_str()));
                assert_eq!((one, two), (404, 200));
                break;
            }
            assert_eq!(index.body, "<p>one");
            // The build may be replaced between these two requests.
            assert!(one == 200 || two == 200, "{one} {two}");
        }
    })
    .await;
}
