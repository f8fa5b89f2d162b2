//! The running server: what all requests share, and how it starts.

use crate::{background::Background, change::Bases, desk::Cache, guard, guard::Doors, pages, store};
use axum::{Router, extract::DefaultBodyLimit, middleware};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use jiff::Timestamp;
use raphe::{knowledge::Knowledge, population::Population, report::Voice};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock, atomic::AtomicBool},
    time::Duration,
};

/// The published case that is shown where nobody named a file.
pub(crate) const EXAMPLE: &[u8] = include_bytes!("../../../examples/tramadol.raphe");
/// The largest form that is read: a diary of a hundred thousand lines fits.
const LARGEST_FORM: usize = 16 << 20;
/// So long a browser may take to say what it wants, and a connection may wait for the next question.
const HEAD: Duration = Duration::from_secs(30);
/// So many connections at once; a browser uses six.
const CONNECTIONS: usize = 256;

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
    /// Whether the file was there since the program was started.
    pub(crate) there: AtomicBool,
    /// Held by whoever writes.
    pub(crate) writing: Mutex<()>,
    /// What pages were made from.
    pub(crate) bases: Mutex<Bases>,
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
        let (home, there) = match &options.file {
            Some(path) => {
                let bytes = store::read(path)?;
                if bytes.as_deref().is_some_and(raphe_fhir::is_json) {
                    return Err(ServeError::Record { path: path.clone() });
                }
                store::tidy(path);
                (Home::File(path.clone()), bytes.is_some())
            }
            None => (Home::Example(EXAMPLE.to_vec()), false),
        };
        let port = hosts.last().and_then(|host| host.rsplit_once(':')?.1.parse().ok());
        let everywhere = port.filter(|_| options.address.is_unspecified());
        let doors = Doors::new(hosts, everywhere, options.idle).map_err(ServeError::System)?;
        Ok(Self(Arc::new(Shared {
            knowledge,
            options,
            home: RwLock::new(home),
            cache: Mutex::default(),
            background: Background::default(),
            doors: Mutex::new(doors),
            there: AtomicBool::new(there),
            writing: Mutex::default(),
            bases: Mutex::default(),
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
    let runtime = tokio::runtime::Builder::new_current_thread()
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
        let port = listener.local_addr().map_err(ServeError::System)?.port();
        let app = App::new(options, knowledge, hosts(address, port))?;
        let link = app.link().map_err(ServeError::System)?;
        for line in app.words(port) {
            say(&line);
        }
        say(&format!("\nOpen {link}\nThe link works once. Press Enter here for another, Ctrl-C to stop."));
        // What a page says when it breaks might be a person's words.
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
            eprintln!("a page could not be made ({place}); please report this");
        }));
        if open && has_screen() {
            // Where there is no browser, the link is printed anyway.
            open::that_detached(&link).ok();
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
        answer(&listener, app.router()).await;
        Ok(())
    })
}

impl App {
    /// What is printed before the link.
    fn words(&self, port: u16) -> Vec<String> {
        let options = &self.options;
        let mut words = vec![match &options.file {
            Some(path) => {
                let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                match self.there.load(std::sync::atomic::Ordering::Relaxed) {
                    true => format!("Your diary: {}", whole.display()),
                    false => format!("{} is not there yet: the first page begins it.", whole.display()),
                }
            }
            None => "No file was named, so this shows an example: a published case. Its pages can begin a diary of your own."
                .to_owned(),
        }];
        if options.port.is_none() && port != PORT {
            words.push(format!("Port {PORT} is taken; this is port {port}."));
        }
        let minutes = options.idle.as_secs().div_ceil(60);
        let lock = format!("The pages lock after {minutes} min without a click.");
        words.push(match options.address.is_loopback() {
            true => format!("Only this machine can ask, and nothing is sent elsewhere. {lock}"),
            false => format!(
                "WARNING: other machines in your network can ask as well, and what is sent is not encrypted: whoever listens in \
                 the network can read it. Use it only in a network that you trust. {lock}"
            ),
        });
        words
    }
}

/// The names under which this server is asked, the one for links first.
///
/// Where it listens everywhere, every address of a machine is a name ([`Doors`]); links name the one that the network knows.
fn hosts(address: IpAddr, port: u16) -> Vec<String> {
    let named = if address.is_unspecified() { reached(address) } else { address };
    let mut hosts = vec![SocketAddr::new(named, port).to_string()];
    if address.is_loopback() || address.is_unspecified() {
        hosts.push(format!("localhost:{port}"));
    }
    if port == 80 {
        // A browser leaves the usual port out.
        let bare: Vec<String> =
            hosts.iter().filter_map(|host| host.strip_suffix(":80").map(str::to_owned)).collect();
        hosts.splice(0..0, bare);
    }
    hosts
}

/// The address of this machine in its network. The system is only asked which one it would send from; nothing is sent.
fn reached(everywhere: IpAddr) -> IpAddr {
    let (from, to): (IpAddr, IpAddr) = match everywhere {
        IpAddr::V4(any) => (any.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        IpAddr::V6(any) => (any.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()),
    };
    let asked = UdpSocket::bind((from, 0)).and_then(|socket| {
        socket.connect((to, 9))?;
        socket.local_addr()
    });
    asked.map_or(if from.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() }, |at| {
        at.ip()
    })
}

/// Whether a browser could show itself. Without a screen the system might start one inside the terminal.
fn has_screen() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].into_iter().any(set)
}

/// Answers until the program is ended: so many connections at once, none of which may dawdle.
async fn answer(listener: &tokio::net::TcpListener, router: Router) {
    let places = Arc::new(tokio::sync::Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Too many open files, or a connection that went away at once.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let mut http = hyper::server::conn::http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD);
            http.serve_connection(TokioIo::new(stream), service).await.ok();
            drop(place);
        });
    }
}

async fn listen(address: SocketAddr) -> Result<tokio::net::TcpListener, ServeError> {
    tokio::net::TcpListener::bind(address).await.map_err(|cause| ServeError::Listen { address, cause })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::{
        io::{Read, Write},
        net::TcpStream,
    };

    /// A server of one page, on a thread of its own.
    fn serve() -> SocketAddr {
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = listen((Ipv4Addr::LOCALHOST, 0).into()).await.expect("a free port");
                tell.send(listener.local_addr().expect("its address")).expect("somebody waits");
                answer(&listener, Router::new().route("/", get(|| async { "here" }))).await;
            });
        });
        told.recv().expect("a server")
    }

    /// What is answered within a moment; nothing where nobody answers.
    fn answered(stream: &mut TcpStream, within: u64) -> String {
        stream.set_read_timeout(Some(Duration::from_millis(within))).expect("a timeout");
        let mut room = [0; 512];
        stream
            .read(&mut room)
            .map_or(String::new(), |read| String::from_utf8_lossy(&room[..read]).into_owned())
    }

    #[test]
    fn one_connection_too_many_waits_until_another_goes() {
        let at = serve();
        let connect = || TcpStream::connect(at).expect("a connection");
        let mut held: Vec<TcpStream> = (0..CONNECTIONS).map(|_| connect()).collect();
        let ask = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n";
        // Each of them has its place once it has been answered.
        for stream in &mut held {
            stream.write_all(ask).expect("a question");
            assert!(answered(stream, 10_000).ends_with("here"));
        }
        let mut late = connect();
        late.write_all(ask).expect("a question");
        assert_eq!(answered(&mut late, 100), "");
        held.pop();
        assert!(answered(&mut late, 10_000).ends_with("here"));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_begins_a_question_and_does_not_end_it_is_not_waited_for() {
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into()).await.expect("a free port");
        let at = listener.local_addr().expect("its address");
        tokio::spawn(async move { answer(&listener, Router::new()).await });
        let stream = tokio::net::TcpStream::connect(at).await.expect("a connection");
        stream.writable().await.expect("room");
        stream.try_write(b"GET / HTTP/1.1\r\nHost: ").expect("half a question");
        let begun = tokio::time::Instant::now();
        let closed = async {
            loop {
                stream.readable().await.expect("an end");
                match stream.try_read(&mut [0; 512]) {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
                }
            }
        };
        closed.await;
        assert!(begun.elapsed() >= HEAD, "{:?}", begun.elapsed());
    }
}
