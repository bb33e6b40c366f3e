//! A reverse proxy in front of a relay: nginx or Caddy with a configuration from the documents. It
//! runs in the foreground until it is dropped.

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
    /// The authority that signed the proxy's certificate, in PEM.
    pub(crate) root: Vec<u8>,
    child: Child,
    _folder: TempDir,
}

impl Front {
    /// nginx. `server` makes its configuration from the files of a certificate and an address.
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
        // Without this, nginx writes to its own log until it has read the file.
        command.args(["-e", "stderr", "-c"]).arg(file);
        Self {
            address,
            root: fs::read(authority.file()).unwrap(),
            child: started(&mut command, &["start worker process "]),
            _folder: folder,
        }
    }

    /// Caddy with these sites. Its own authority signs the certificates.
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
        // On this signal, nginx ends its workers too.
        rustix::process::kill_process(
            rustix::process::Pid::from_child(&self.child),
            rustix::process::Signal::TERM,
        )
        .ok();
        let _ = self.child.wait();
    }
}

/// Starts the program, and waits until its log contains all of these.
fn started(command: &mut Command, signs: &[&str]) -> Child {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !signs.iter().all(|sign| said.contains(sign)) {
        let count = log.read_line(&mut said).unwrap();
        assert!(count > 0, "{command:?} ended:\n{said}");
    }
    // Keeps reading the log, because a full pipe would block the program.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    child
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap()
}
