//! A reverse proxy of the system in front of a relay: nginx or Caddy with a shown configuration, in
//! the foreground, until it is dropped.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::authority::Authority;

pub(crate) const NAME: &str = "meet.example.org";

pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    /// The authority that signed its certificate, in PEM.
    pub(crate) root: Vec<u8>,
    child: Child,
    _folder: TempDir,
}

impl Front {
    /// nginx, with a `server` made from a certificate's files and an address to listen on.
    pub(crate) fn nginx(server: impl FnOnce(&Path, &Path, SocketAddr) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new();
        let signal_server::TlsConfig::Files(files) = authority.files(NAME) else {
            unreachable!("it gives files");
        };
        let address = free_address();
        let server = server(&files.certificate, &files.key, address);
        let here = folder.path().display();
        let user = match rustix::process::geteuid().is_root() {
            true => "user root;",
            false => "",
        };
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {here}/{kind};"))
            .join("\n");
        let configuration = format!(
            "{user}\ndaemon off;\npid {here}/pid;\nerror_log stderr notice;\nevents {{}}\n\
             http {{\naccess_log off;\n{paths}\n{server}\n}}\n"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, configuration).unwrap();
        let mut command = Command::new("/usr/sbin/nginx");
        // Before it has read the file it would write to its own log.
        command.args(["-e", "stderr", "-c"]).arg(file);
        Self {
            address,
            root: fs::read(authority.file()).unwrap(),
            child: started(&mut command, &["start worker process "]),
            _folder: folder,
        }
    }

    /// Caddy, with these sites; its certificates are signed by an authority of its own.
    pub(crate) fn caddy(sites: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (address, plain) = (free_address(), free_address());
        let here = folder.path().display();
        let configuration = format!(
            "{{\ndebug\nadmin off\nlocal_certs\nskip_install_trust\nauto_https disable_redirects\n\
             default_bind 127.0.0.1\nhttp_port {}\nhttps_port {}\nstorage file_system {here}\n}}\n\
             {sites}",
            plain.port(),
            address.port()
        );
        let file = folder.path().join("Caddyfile");
        fs::write(&file, configuration).unwrap();
        let mut command = Command::new("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]);
        command
            .arg(file)
            .env("DOMAIN", NAME)
            .env("HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path())
            .env("XDG_DATA_HOME", folder.path());
        let signs = [
            "serving initial configuration",
            "added certificate to cache",
        ];
        let child = started(&mut command, &signs);
        let root = folder.path().join("pki/authorities/local/root.crt");
        Self {
            address,
            root: fs::read(root).unwrap(),
            child,
            _folder: folder,
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        // nginx ends its workers itself when it is asked to end.
        rustix::process::kill_process(
            rustix::process::Pid::from_child(&self.child),
            rustix::process::Signal::TERM,
        )
        .ok();
        let _ = self.child.wait();
    }
}

/// Starts it, and waits until its log has said all of these.
fn started(command: &mut Command, signs: &[&str]) -> Child {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !signs.iter().all(|sign| said.contains(sign)) {
        let count = log.read_line(&mut said).unwrap();
        assert!(count > 0, "{command:?} ended:\n{said}");
    }
    // Its log is read on, so that it can always write.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    child
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap()
}
