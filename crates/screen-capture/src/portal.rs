//! The desktop's portal for sharing screens (`org.freedesktop.portal.ScreenCast`): the person
//! chooses in a dialog of the desktop, and the portal gives a stream of PipeWire.
//!
//! Invariant: a person may take any time to choose; a portal that does not answer may not. A share
//! that nobody holds any more is closed.

mod session;

use std::{io, os::fd::OwnedFd, pin::pin, sync::Arc, time::Duration};

use ashpd::{
    desktop::{
        CreateSessionOptions, PersistMode, ResponseError, Session,
        screencast::{
            CursorMode, OpenPipeWireRemoteOptions, Screencast, SelectSourcesOptions, SourceType,
            StartCastOptions,
        },
    },
    enumflags2::BitFlags,
    zbus::{self, Connection, connection, fdo::DBusProxy},
};
use futures_util::{Stream, StreamExt as _};

pub(crate) use session::PortalSession;

use crate::{
    pipewire::{self, PipeWireError},
    source::Kind,
};

/// Of a message bus or a portal, also of one that is just being started.
const PATIENCE: Duration = Duration::from_secs(15);
const PORTAL: &str = "org.freedesktop.portal.Desktop";
/// The version since which a choice can be kept.
const RESTORE_VERSION: u32 = 4;

/// How long the desktop may keep what the person chose, so that a token of it can be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Persistence {
    #[default]
    None,
    /// As long as the program runs.
    Process,
    UntilRevoked,
}

#[derive(Debug, Clone)]
pub struct PortalRequest {
    /// The address of the message bus. `None` is the session's.
    pub bus: Option<String>,
    /// Of the grant before: the desktop then may share the same again without asking.
    pub restore_token: Option<String>,
    pub persistence: Persistence,
    /// The longest time without an answer of the bus or the portal. A person who chooses has no
    /// limit.
    pub patience: Duration,
}

impl Default for PortalRequest {
    fn default() -> Self {
        Self {
            bus: None,
            restore_token: None,
            persistence: Persistence::default(),
            patience: PATIENCE,
        }
    }
}

#[derive(Debug)]
pub struct PortalGrant {
    pub source: PortalSource,
    /// Valid once, for the next request. The desktop gives none if the person does not want it.
    pub restore_token: Option<String>,
}

/// A screen or a window that the person has chosen. Dropping it ends the share.
#[derive(Debug)]
pub struct PortalSource {
    pub(crate) remote: OwnedFd,
    pub(crate) node: u32,
    pub(crate) session: PortalSession,
    kind: Option<Kind>,
}

impl PortalSource {
    /// `None` if the desktop does not say it.
    #[must_use]
    pub const fn kind(&self) -> Option<Kind> {
        self.kind
    }
}

/// Why a portal has granted nothing.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    #[error("the message bus of the session cannot be reached: {0}")]
    NoBus(String),
    #[error(
        "this desktop has no portal for sharing screens. Install xdg-desktop-portal and its part for the desktop, as xdg-desktop-portal-gnome, -kde or -wlr"
    )]
    NoPortal,
    /// The person has chosen nothing.
    #[error("nothing was chosen")]
    Cancelled,
    #[error("the portal of the desktop does not answer")]
    Silent,
    #[error("the portal of the desktop has ended")]
    Died,
    #[error("the portal of the desktop shares nothing: {0}")]
    Failed(String),
    /// The person was not asked.
    #[error(transparent)]
    PipeWire(#[from] PipeWireError),
}

impl PortalRequest {
    /// Asks the person. Needs a tokio runtime. Dropping the future closes the dialog.
    ///
    /// # Errors
    /// When nothing is shared.
    pub async fn ask(self) -> Result<PortalGrant, PortalError> {
        pipewire::require()?;
        // The library takes a portal's answers for correct, and panics otherwise.
        let mut asking = Asking(tokio::spawn(ask(self)));
        (&mut asking.0)
            .await
            .unwrap_or_else(|error| Err(PortalError::Failed(error.to_string())))
    }
}

struct Asking(tokio::task::JoinHandle<Result<PortalGrant, PortalError>>);

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn ask(request: PortalRequest) -> Result<PortalGrant, PortalError> {
    let patience = request.patience;
    let bus = connect(request.bus.as_deref(), patience).await?;
    let mut died = pin!(portal_end(&bus).await?);
    tokio::select! {
        granted = choose(bus.clone(), request) => granted,
        _ = died.next() => Err(PortalError::Died),
    }
}

async fn connect(address: Option<&str>, patience: Duration) -> Result<Connection, PortalError> {
    let no_bus = |error: zbus::Error| PortalError::NoBus(error.to_string());
    let builder = match address {
        Some(address) => connection::Builder::address(address),
        None => connection::Builder::session(),
    };
    let building = builder.map_err(no_bus)?.method_timeout(patience).build();
    match tokio::time::timeout(patience, building).await {
        Ok(built) => built.map_err(no_bus),
        Err(_) => Err(PortalError::NoBus("it does not answer".to_owned())),
    }
}

/// Has an item when the portal's process ends.
async fn portal_end(
    bus: &Connection,
) -> Result<impl Stream<Item = ()> + Send + use<>, PortalError> {
    let proxy = DBusProxy::new(bus).await.map_err(failed)?;
    let changes = proxy.receive_name_owner_changed_with_args(&[(0, PORTAL)]);
    let changes = changes.await.map_err(failed)?;
    Ok(changes.filter_map(|change| {
        let is_gone = change.args().is_ok_and(|change| change.new_owner.is_none());
        std::future::ready(is_gone.then_some(()))
    }))
}

async fn choose(bus: Connection, request: PortalRequest) -> Result<PortalGrant, PortalError> {
    let patience = request.patience;
    let portal = answered(patience, Screencast::with_connection(bus.clone())).await?;
    let (shared, session) = match select(&bus, &portal, &request).await {
        // Some desktops take an outdated token for an error, and the session is over then.
        Err(PortalError::Failed(error)) if request.restore_token.is_some() => {
            tracing::debug!(error, "the portal refuses a token");
            let request = PortalRequest {
                restore_token: None,
                ..request
            };
            select(&bus, &portal, &request).await?
        }
        other => other?,
    };
    let started = portal.start(&shared, None, StartCastOptions::default());
    let streams = started.await.and_then(|started| started.response());
    let streams = streams.map_err(failed)?;
    let [stream, ..] = streams.streams() else {
        return Err(PortalError::Failed("no stream".to_owned()));
    };
    let opening = portal.open_pipe_wire_remote(&shared, OpenPipeWireRemoteOptions::default());
    Ok(PortalGrant {
        source: PortalSource {
            remote: answered(patience, opening).await?,
            node: stream.pipe_wire_node_id(),
            session,
            kind: stream.source_type().map(|kind| match kind {
                SourceType::Window => Kind::Window,
                SourceType::Monitor | SourceType::Virtual => Kind::Screen,
            }),
        },
        restore_token: streams.restore_token().map(str::to_owned),
    })
}

/// A session of the portal, and what it is to share. Some desktops ask the person here, others when
/// it starts.
async fn select(
    bus: &Connection,
    portal: &Screencast,
    request: &PortalRequest,
) -> Result<(Arc<Session<Screencast>>, PortalSession), PortalError> {
    let patience = request.patience;
    let options = options(portal, request).await?;
    let died = Box::pin(portal_end(bus).await?);
    let creating = portal.create_session(CreateSessionOptions::default());
    let shared = Arc::new(answered(patience, creating).await?);
    // From here on the portal's session is closed when this is dropped.
    let session = PortalSession::watch(Arc::clone(&shared), died);
    let session = answered(patience, session).await?;
    let selected = portal.select_sources(&shared, options).await;
    selected
        .and_then(|selected| selected.response())
        .map_err(failed)?;
    Ok((shared, session))
}

/// What is asked for, of what this desktop has.
async fn options(
    portal: &Screencast,
    request: &PortalRequest,
) -> Result<SelectSourcesOptions, PortalError> {
    // As numbers: a later desktop may have bits that the library does not know.
    let read = async |name| portal.get_property::<u32>(name).await;
    let sources = read("AvailableSourceTypes").await.map_err(|error| {
        if matches!(error, zbus::Error::InputOutput(_)) {
            PortalError::Silent
        } else {
            PortalError::NoPortal
        }
    })?;
    let sources = BitFlags::<SourceType>::from_bits_truncate(sources)
        & (SourceType::Monitor | SourceType::Window);
    if sources.is_empty() {
        return Err(PortalError::NoPortal);
    }
    let cursors = read("AvailableCursorModes").await.unwrap_or(0);
    let cursors = BitFlags::<CursorMode>::from_bits_truncate(cursors);
    // A moved pointer then costs its own rows, and no picture.
    let wanted = [CursorMode::Metadata, CursorMode::Embedded];
    let cursor = wanted.into_iter().find(|mode| cursors.contains(*mode));
    let mut options = SelectSourcesOptions::default()
        .set_sources(sources)
        .set_multiple(false)
        .set_cursor_mode(cursor);
    if portal.version() >= RESTORE_VERSION {
        options = options.set_restore_token(request.restore_token.as_deref());
        options = options.set_persist_mode(match request.persistence {
            Persistence::None => PersistMode::DoNot,
            Persistence::Process => PersistMode::Application,
            Persistence::UntilRevoked => PersistMode::ExplicitlyRevoked,
        });
    }
    Ok(options)
}

/// For what needs no person.
async fn answered<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, ashpd::Error>>,
) -> Result<T, PortalError> {
    match tokio::time::timeout(patience, answer).await {
        Ok(answer) => answer.map_err(failed),
        Err(_) => Err(PortalError::Silent),
    }
}

fn failed(error: impl Into<ashpd::Error>) -> PortalError {
    let error = error.into();
    if let ashpd::Error::Response(ResponseError::Cancelled)
    | ashpd::Error::Portal(ashpd::PortalError::Cancelled(_)) = error
    {
        return PortalError::Cancelled;
    }
    if let ashpd::Error::PortalNotFound(_) = error {
        return PortalError::NoPortal;
    }
    let (ashpd::Error::Zbus(bus_error) | ashpd::Error::Portal(ashpd::PortalError::ZBus(bus_error))) =
        &error
    else {
        return PortalError::Failed(error.to_string());
    };
    if let zbus::Error::InputOutput(error) = bus_error
        && error.kind() == io::ErrorKind::TimedOut
    {
        return PortalError::Silent;
    }
    PortalError::Failed(bus_error.to_string())
}
