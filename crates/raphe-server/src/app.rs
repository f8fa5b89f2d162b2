//! The running server: what all requests share, and how it starts.

use crate::{background::Background, desk::Cache, guard, guard::Doors, pages, store};
use axum::{Router, extract::DefaultBodyLimit, middleware};
use jiff::Timestamp;
use raphe::{knowledge::Knowledge, population::Population, report::Voice};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

/// The published case that is shown where nobody named a file.
pub(crate) const EXAMPLE: &[u8] = include_bytes!("../../../examples/tramadol.raphe");
/// The largest form that is read: a diary of a hundred thousand lines fits.
const LARGEST_FORM: usize = 16 << 20;

/// How to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// The diary; `None` shows the built-in example.
    pub file: Option<PathBuf>,
    /// Where a diary is begun when the example is left.
    pub fresh: PathBuf,
    /// The address to listen on.
    pub address: IpAddr,
    /// The port; `None` takes the usual one, or any if that is taken.
    pub port: Option<u16>,
    /// The moment to judge; `None` is now, or the end of an older diary.
    pub at: Option<Timestamp>,
    /// How many virtual people, and their seed.
    pub population: Population,
    /// In whose words pages speak until the reader chooses.
    pub voice: Voice,
    /// So long without a click, and the pages lock.
    pub idle: Duration,
    /// Whether to open the browser.
    pub open: bool,
}

/// Why the server could not start.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ServeError {
    /// The port is taken or not allowed.
    #[error("{address} cannot be listened on: {cause}")]
    #[diagnostic(help("another program may use it; choose another with `--port`"))]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The file is no diary.
    #[error("{} is a health record; the pages show and change a diary", path.display())]
    #[diagnostic(help("make a diary of it: `raphe import {} > diary.raphe`", path.display()))]
    Record {
        /// Which file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error(transparent)]
    #[diagnostic(help("{}", .0.help()))]
    Store(#[from] store::StoreError),
    /// The system gave no threads or no randomness.
    #[error("the server could not start: {0}")]
    System(std::io::Error),
}

/// Where the diary is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Home {
    /// A file, which need not be there yet.
    File(PathBuf),
    /// The published case, held in memory; changes to it are forgotten.
    Example(Vec<u8>),
}

/// What all requests share.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// The inside of [`App`].
pub(crate) struct Shared {
    pub(crate) knowledge: &'static Knowledge,
    pub(crate) options: Options,
    pub(crate) home: RwLock<Home>,
    pub(crate) cache: Mutex<Cache>,
    pub(crate) background: Background,
    pub(crate) doors: Mutex<Doors>,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    /// A server that will answer under `hosts`, such as `127.0.0.1:7274`.
    ///
    /// # Errors
    /// When the file cannot be read or is no diary, or the system gives no randomness.
    pub(crate) fn new(
        options: Options,
        knowledge: &'static Knowledge,
        hosts: Vec<String>,
    ) -> Result<Self, ServeError> {
        let home = match &options.file {
            Some(path) => {
                let bytes = store::read(path)?.unwrap_or_default();
                if raphe_fhir::is_json(&bytes) {
                    return Err(ServeError::Record { path: path.clone() });
                }
                Home::File(path.clone())
            }
            None => Home::Example(EXAMPLE.to_vec()),
        };
        let doors = Doors::new(hosts, options.idle).map_err(ServeError::System)?;
        Ok(Self(Arc::new(Shared {
            knowledge,
            options,
            home: RwLock::new(home),
            cache: Mutex::default(),
            background: Background::default(),
            doors: Mutex::new(doors),
        })))
    }

    /// A link that opens the pages once.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub(crate) fn link(&self) -> std::io::Result<String> {
        lock(&self.doors).link()
    }

    /// Everything behind its guard.
    pub(crate) fn router(self) -> Router {
        pages::routes()
            .layer(DefaultBodyLimit::max(LARGEST_FORM))
            .layer(middleware::from_fn_with_state(self.clone(), guard::guard))
            .with_state(self)
    }
}

/// Locks what one request at a time may change; a request that panicked left it whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The usual port.
const PORT: u16 = 7274;

/// Serves until the program is ended.
///
/// `say` is told what the person in front of the terminal should read.
///
/// # Errors
/// When the file cannot be read or is no diary, or the address cannot be listened on.
pub fn serve(options: Options, knowledge: &'static Knowledge, say: fn(&str)) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        // Every page is worked out on a few threads, so that what the engine needs for it is used again.
        .max_blocking_threads(3)
        .enable_all()
        .build()
        .map_err(ServeError::System)?;
    runtime.block_on(async {
        let (address, open) = (options.address, options.open);
        let listener = match options.port {
            Some(port) => listen(SocketAddr::new(address, port)).await?,
            None => match listen(SocketAddr::new(address, PORT)).await {
                Ok(listener) => listener,
                Err(_) => listen(SocketAddr::new(address, 0)).await?,
            },
        };
        let local = listener.local_addr().map_err(ServeError::System)?;
        let port = local.port();
        let mut hosts = vec![local.to_string()];
        if address.is_loopback() {
            hosts.push(format!("localhost:{port}"));
        }
        let app = App::new(options, knowledge, hosts)?;
        let link = app.link().map_err(ServeError::System)?;
        say(&format!("Open {link}\nThe link works once. Press Enter here for another, Ctrl-C to stop."));
        if open {
            // Where there is no browser, the link is printed anyway.
            opener::open(&link).ok();
        }
        let more = app.clone();
        std::thread::spawn(move || {
            for line in std::io::stdin().lines() {
                let Ok(_) = line else { return };
                match more.link() {
                    Ok(link) => say(&format!("Open {link}")),
                    Err(error) => say(&format!("no link could be made: {error}")),
                }
            }
        });
        axum::serve(listener, app.router()).await.map_err(ServeError::System)
    })
}

async fn listen(address: SocketAddr) -> Result<tokio::net::TcpListener, ServeError> {
    tokio::net::TcpListener::bind(address).await.map_err(|cause| ServeError::Listen { address, cause })
}
