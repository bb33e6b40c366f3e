//! Everything that one test needs, and its end: one relay, browsers and windows, one folder of
//! logs. The folder is removed when the test passes; when it fails, it also gets screenshots and
//! consoles. One environment runs at a time on a computer.

use std::{
    cell::RefCell,
    env,
    fs::{self, File},
    net::Ipv4Addr,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    rc::Rc,
    time::Duration,
};

use anyhow::{Result, anyhow, bail};
use futures_util::FutureExt;

use crate::{
    chromium::{self, Computer},
    net_namespace::Place,
    page::Page,
    programs,
    relay::Relay,
};
#[cfg(target_os = "linux")]
use crate::{
    sound::Sound,
    window::{App, Window},
};

/// Time for a browser to close before it is ended.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// The environment of one test.
#[derive(Debug)]
pub struct TestEnv {
    folder: PathBuf,
    /// For all programs that are started from now on.
    variables: RefCell<Vec<(String, String)>>,
    driver: tokio::sync::OnceCell<chromium::Driver>,
    /// Drivers in other networks.
    drivers: RefCell<Vec<chromium::Driver>>,
    pages: RefCell<Vec<Page>>,
    relays: RefCell<Vec<Rc<Relay>>>,
    /// Console errors that the test causes on purpose contain one of these.
    expected: RefCell<Vec<String>>,
    #[cfg(target_os = "linux")]
    windows: RefCell<Vec<Window>>,
    #[cfg(target_os = "linux")]
    sound: Sound,
    _turn: File,
}

/// Runs a test in an environment of its own. The name is the folder's.
pub async fn run_test(name: &str, test: impl AsyncFnOnce(&TestEnv) -> Result<()>) -> Result<()> {
    let env = TestEnv::start(name).await?;
    // A failed assertion must leave screenshots as well.
    let outcome = AssertUnwindSafe(test(&env)).catch_unwind().await;
    let outcome = match outcome {
        Ok(Ok(())) => env.consoles_are_clean().await,
        Ok(Err(error)) => Err(error),
        Err(panic) => Err(anyhow!("{}", words_of(&*panic))),
    };
    if outcome.is_err() {
        env.keep_evidence().await;
    }
    let folder = env.folder.clone();
    env.stop().await;
    match outcome {
        Ok(()) => {
            fs::remove_dir_all(&folder).ok();
            Ok(())
        }
        Err(error) => Err(error.context(format!("evidence is in {}", folder.display()))),
    }
}

impl TestEnv {
    /// Starts an empty environment.
    pub async fn start(name: &str) -> Result<Self> {
        let logs = programs::top().join("target").join("e2e-logs");
        let folder = logs.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        // Browsers of two tests at once would be too much for a small machine, and the app's own
        // relay has one port on it. So the lock is for the whole computer, not for this checkout.
        // If the file belongs to another user, this checkout's file is used.
        let turn = File::create(env::temp_dir().join("snug-end-to-end-turn"))
            .or_else(|_| File::create(logs.join("turn")))?;
        let turn = tokio::task::spawn_blocking(move || turn.lock().map(|()| turn)).await??;
        #[cfg(target_os = "linux")]
        let sound = Sound::start(&folder).await?;
        Ok(Self {
            #[cfg(target_os = "linux")]
            variables: RefCell::new(sound.variables()),
            #[cfg(not(target_os = "linux"))]
            variables: RefCell::default(),
            folder,
            driver: tokio::sync::OnceCell::new(),
            drivers: RefCell::default(),
            pages: RefCell::default(),
            relays: RefCell::default(),
            expected: RefCell::default(),
            #[cfg(target_os = "linux")]
            windows: RefCell::default(),
            #[cfg(target_os = "linux")]
            sound,
            _turn: turn,
        })
    }

    /// The folder of this test's logs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The audio output of pages and windows.
    #[cfg(target_os = "linux")]
    pub fn sound(&self) -> &Sound {
        &self.sound
    }

    /// A relay that serves the built page.
    pub async fn relay(&self, options: &[&str]) -> Result<Rc<Relay>> {
        self.relay_of(programs::page()?, options).await
    }

    /// A relay that serves this folder.
    pub async fn relay_of(&self, web_root: PathBuf, options: &[&str]) -> Result<Rc<Relay>> {
        self.relay_on(Ipv4Addr::LOCALHOST, web_root, options).await
    }

    /// A relay with the built page that other computers can reach.
    pub async fn open_relay(&self) -> Result<Rc<Relay>> {
        self.relay_on(Ipv4Addr::UNSPECIFIED, programs::page()?, &[])
            .await
    }

    async fn relay_on(
        &self,
        listens: Ipv4Addr,
        web_root: PathBuf,
        options: &[&str],
    ) -> Result<Rc<Relay>> {
        let relay = Relay::start(web_root, listens, options, &self.folder).await?;
        let relay = Rc::new(relay);
        // It must outlive the test's own part. Otherwise pages would report that it is gone.
        self.relays.borrow_mut().push(Rc::clone(&relay));
        Ok(relay)
    }

    /// A browser on an ordinary computer.
    pub async fn browser(&self, name: &str) -> Result<Page> {
        self.browser_on(name, Computer::default()).await
    }

    /// A browser on this computer.
    pub async fn browser_on(&self, name: &str, computer: Computer) -> Result<Page> {
        let variables = self.variables.borrow().clone();
        let driver = self
            .driver
            .get_or_try_init(|| {
                chromium::Driver::start("shared", &Place::Here, &self.folder, &variables)
            })
            .await?;
        let page = driver.browser(name, computer).await?;
        self.pages.borrow_mut().push(page.clone());
        Ok(page)
    }

    /// A browser in this network, with a driver of its own.
    pub async fn browser_at(&self, name: &str, computer: Computer, place: &Place) -> Result<Page> {
        let variables = self.variables.borrow().clone();
        let driver = chromium::Driver::start(name, place, &self.folder, &variables).await?;
        let page = driver.browser(name, computer).await?;
        self.pages.borrow_mut().push(page.clone());
        self.drivers.borrow_mut().push(driver);
        Ok(page)
    }

    /// The app's window, started with these arguments.
    #[cfg(target_os = "linux")]
    pub async fn window(&self, name: &str, arguments: &[&str]) -> Result<Page> {
        self.app(name, App::Snug, arguments, &Place::Here).await
    }

    /// The app's window, with this relay and the engine's test devices.
    #[cfg(target_os = "linux")]
    pub async fn window_at(&self, name: &str, relay: &Relay) -> Result<Page> {
        let arguments = ["--relay", &relay.address(), "--mock-devices"];
        self.window(name, &arguments).await
    }

    /// An environment variable of every program that is started from now on.
    pub fn set_variable(&self, name: &str, value: &str) {
        let variable = (name.to_owned(), value.to_owned());
        self.variables.borrow_mut().push(variable);
    }

    /// An app's window in this network, started with these arguments.
    #[cfg(target_os = "linux")]
    pub async fn app(
        &self,
        name: &str,
        app: App,
        arguments: &[&str],
        place: &Place,
    ) -> Result<Page> {
        let variables = self.variables.borrow().clone();
        let folder = &self.folder;
        let window = Window::open(name, app, arguments, place, folder, &variables).await?;
        let page = window.page().clone();
        self.windows.borrow_mut().push(window);
        Ok(page)
    }

    /// Closes the app's window as a person does, which ends the app.
    #[cfg(target_os = "linux")]
    pub async fn close_window(&self, page: &Page) -> Result<()> {
        let window = {
            let mut windows = self.windows.borrow_mut();
            let place = windows
                .iter()
                .position(|window| window.page().name() == page.name());
            windows.remove(place.ok_or_else(|| anyhow!("that window is not open"))?)
        };
        window.close().await
    }

    /// Closes a browser and its pages.
    pub async fn close_browser(&self, page: &Page) -> Result<()> {
        self.pages
            .borrow_mut()
            .retain(|open| open.name() != page.name());
        Ok(page.driver().clone().quit().await?)
    }

    /// From now on, console errors that contain this are expected.
    pub fn expect_console(&self, part: &str) {
        self.expected.borrow_mut().push(part.to_owned());
    }

    /// No page may have reported an error, nor its content security policy a refusal.
    async fn consoles_are_clean(&self) -> Result<()> {
        for page in self.open_pages() {
            let expected = self.expected.borrow().clone();
            let mut complaints = chromium::console_errors(&page).await?;
            complaints.retain(|line| !expected.iter().any(|part| line.contains(part)));
            complaints.extend(chromium::refusals(&page).await?);
            if !complaints.is_empty() {
                bail!("{}'s console says: {}", page.name(), complaints.join("\n"));
            }
        }
        Ok(())
    }

    fn open_pages(&self) -> Vec<Page> {
        self.pages.borrow().clone()
    }

    #[cfg(target_os = "linux")]
    fn open_windows(&self) -> Vec<Page> {
        let windows = self.windows.borrow();
        windows.iter().map(|window| window.page().clone()).collect()
    }

    async fn keep_evidence(&self) {
        let pages = self.open_pages().into_iter();
        #[cfg(target_os = "linux")]
        let pages = pages.chain(self.open_windows());
        for page in pages {
            let file = |ending: &str| self.folder.join(format!("{}.{ending}", page.name()));
            // Saves what is available: the test has failed already.
            let look = async {
                page.screenshot(&file("png")).await.ok();
                if let Ok(lines) = page.driver().get_log("browser").await {
                    let lines: Vec<String> = lines.into_iter().map(|line| line.message).collect();
                    fs::write(file("console.txt"), lines.join("\n")).ok();
                }
                if let Ok(words) = page.words().await {
                    fs::write(file("words.txt"), words).ok();
                }
            };
            tokio::time::timeout(CLOSE_TIMEOUT, look).await.ok();
        }
    }

    /// Ends everything.
    pub async fn stop(self) {
        for page in self.pages.take() {
            let quit = page.driver().clone().quit();
            if tokio::time::timeout(CLOSE_TIMEOUT, quit).await.is_err() {
                // Its process group is ended below, so its driver must not wait for it.
                page.driver().clone().leak().ok();
            }
        }
        #[cfg(target_os = "linux")]
        for window in self.windows.take() {
            window.end();
        }
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic
        .downcast_ref::<&str>()
        .map(|words| (*words).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    words.unwrap_or_else(|| "the test panicked".to_owned())
}
