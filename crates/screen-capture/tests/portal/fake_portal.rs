//! A message bus with a portal that answers as a test wants.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader},
    os::fd::OwnedFd,
    process::{Child, Command, Stdio},
    time::Duration,
};

use screen_capture::{PortalError, PortalGrant, PortalRequest};
use zbus::{
    Connection, connection, interface,
    message::Header,
    zvariant::{self, ObjectPath, OwnedObjectPath, OwnedValue, Value},
};

/// Long enough for an answer of the same computer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

type Options = HashMap<String, OwnedValue>;

/// What the portal does.
pub(crate) enum Behaviour {
    /// The person closes the dialog, which is shown in one step or the other.
    CancelsSources,
    CancelsStart,
    Fails,
    /// No answer to the first call.
    IsSilent,
    /// The person does not choose.
    Waits,
    HasNoSources,
    AnswersForAnotherSession,
    HasNoStream,
    /// Everything is well, up to the descriptor.
    Grants(Box<dyn Fn() -> OwnedFd + Send + Sync>),
}

pub(crate) struct Bus {
    process: Child,
    pub(crate) address: String,
}

impl Bus {
    pub(crate) fn start() -> Self {
        let mut process = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            // Without files of services, so that it starts nothing by itself.
            .env("XDG_DATA_DIRS", "/nonexistent")
            .env("XDG_DATA_HOME", "/nonexistent")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon: cargo xtask setup installs it");
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        Self {
            process,
            address: line.trim().to_owned(),
        }
    }

    /// Its portal, until the result is dropped.
    pub(crate) async fn portal(&self, behaviour: Behaviour) -> FakePortal {
        let portal = ScreenCast { behaviour };
        let connection = connection::Builder::address(self.address.as_str())
            .unwrap()
            .serve_at("/org/freedesktop/portal/desktop", portal)
            .unwrap()
            .name("org.freedesktop.portal.Desktop")
            .unwrap()
            .build()
            .await
            .unwrap();
        FakePortal { connection }
    }

    pub(crate) async fn ask(&self) -> Result<PortalGrant, PortalError> {
        let request = PortalRequest {
            bus: Some(self.address.clone()),
            patience: PATIENCE,
            ..PortalRequest::default()
        };
        request.ask().await
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

pub(crate) struct FakePortal {
    connection: Connection,
}

impl FakePortal {
    /// The person ends the share by the desktop's sign of it.
    pub(crate) async fn end_share(&self, session: &str) {
        let body = (HashMap::<&str, Value<'_>>::new(),);
        let interface = "org.freedesktop.portal.Session";
        self.connection
            .emit_signal(None::<&str>, session, interface, "Closed", &body)
            .await
            .unwrap();
    }

    /// It ends, as a process does.
    pub(crate) async fn end(self) {
        self.connection.close().await.unwrap();
    }
}

struct ScreenCast {
    behaviour: Behaviour,
}

const OK: u32 = 0;
const CANCELLED: u32 = 1;
const OTHER: u32 = 2;

fn token(options: &Options, name: &str) -> String {
    let token = options.get(name).expect(name);
    String::try_from(token.clone()).unwrap()
}

/// A path as the portal's documentation says.
fn path(header: &Header<'_>, kind: &str, token: &str) -> OwnedObjectPath {
    let sender = header
        .sender()
        .unwrap()
        .trim_start_matches(':')
        .replace('.', "_");
    let path = format!("/org/freedesktop/portal/desktop/{kind}/{sender}/{token}");
    OwnedObjectPath::try_from(path).unwrap()
}

/// Answers the request.
async fn respond(
    connection: &Connection,
    header: &Header<'_>,
    request: &OwnedObjectPath,
    code: u32,
    results: HashMap<&str, Value<'_>>,
) {
    let interface = "org.freedesktop.portal.Request";
    let to = header.sender().map(ToString::to_string);
    connection
        .emit_signal(
            to.as_deref(),
            request,
            interface,
            "Response",
            &(code, results),
        )
        .await
        .unwrap();
}

#[interface(name = "org.freedesktop.portal.ScreenCast")]
impl ScreenCast {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        4
    }

    #[zbus(property)]
    fn available_source_types(&self) -> u32 {
        // A kind that nobody knows yet is there too.
        let unknown = 1 << 9;
        match self.behaviour {
            Behaviour::HasNoSources => unknown,
            _ => 3 | unknown,
        }
    }

    #[zbus(property)]
    fn available_cursor_modes(&self) -> u32 {
        7
    }

    async fn create_session(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> OwnedObjectPath {
        if matches!(self.behaviour, Behaviour::IsSilent) {
            return std::future::pending().await;
        }
        let request = path(&header, "request", &token(&options, "handle_token"));
        let mut session = token(&options, "session_handle_token");
        if matches!(self.behaviour, Behaviour::AnswersForAnotherSession) {
            session.push('x');
        }
        let session = path(&header, "session", &session).to_string();
        let results = HashMap::from([("session_handle", Value::from(session))]);
        respond(connection, &header, &request, OK, results).await;
        request
    }

    async fn select_sources(
        &self,
        _session: ObjectPath<'_>,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> OwnedObjectPath {
        let request = path(&header, "request", &token(&options, "handle_token"));
        let code = match self.behaviour {
            Behaviour::CancelsSources => CANCELLED,
            _ => OK,
        };
        respond(connection, &header, &request, code, HashMap::new()).await;
        request
    }

    async fn start(
        &self,
        session: ObjectPath<'_>,
        _parent: String,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> OwnedObjectPath {
        let request = path(&header, "request", &token(&options, "handle_token"));
        let code = match self.behaviour {
            Behaviour::Waits => return request,
            Behaviour::CancelsStart => CANCELLED,
            Behaviour::Fails => OTHER,
            _ => OK,
        };
        let mut results = HashMap::new();
        if code == OK {
            // The token names the session, for the test.
            results.insert("restore_token", Value::from(session.to_string()));
        }
        if matches!(self.behaviour, Behaviour::Grants(_)) {
            let kind = HashMap::from([("source_type", Value::from(2_u32))]);
            results.insert("streams", Value::from(vec![(42_u32, kind)]));
        }
        respond(connection, &header, &request, code, results).await;
        request
    }

    fn open_pipe_wire_remote(
        &self,
        _session: ObjectPath<'_>,
        _options: Options,
    ) -> zvariant::OwnedFd {
        match &self.behaviour {
            Behaviour::Grants(descriptor) => descriptor().into(),
            _ => panic!("nothing was granted"),
        }
    }
}
