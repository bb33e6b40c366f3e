//! Everything that one test needs, and its end: one relay, browsers and windows, one folder of
//! logs. The folder is removed when the test passes; when it fails, it also gets screenshots and
//! consoles. On a computer one environment runs at a time, or two that may run beside another.

use std::{
    cell::{Cell, RefCell},
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
    page::{self, Page},
    programs,
    relay::Relay,
};
#[cfg(target_os = "linux")]
use crate::{
    display::{self, Display, Picture, PlainWindow, Scroll},
    firefox::{self, Firefox},
    sound::Sound,
    usage,
    wayland_desktop::Desktop,
    window::{App, Shown, Window},
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
    firefoxes: RefCell<Vec<Firefox>>,
    #[cfg(target_os = "linux")]
    windows: RefCell<Vec<Window>>,
    /// Of the screens of windows that are opened from now on.
    #[cfg(target_os = "linux")]
    display_size: Cell<(u16, u16)>,
    #[cfg(target_os = "linux")]
    desktops: RefCell<Vec<(Rc<Desktop>, tempfile::TempDir)>>,
    #[cfg(target_os = "linux")]
    sound: Sound,
    _turn: File,
}

/// What else may run on the computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    Alone,
    /// A second environment of the same kind.
    BesideAnother,
}

/// Runs a test in an environment of its own. The name is the folder's.
pub async fn run_test(name: &str, test: impl AsyncFnOnce(&TestEnv) -> Result<()>) -> Result<()> {
    run(name, Company::Alone, test).await
}

/// The same for a test that measures no speed. `.config/nextest.toml` names those that mostly wait,
/// of which two run at a time.
pub async fn run_beside_another(
    name: &str,
    test: impl AsyncFnOnce(&TestEnv) -> Result<()>,
) -> Result<()> {
    run(name, Company::BesideAnother, test).await
}

async fn run(
    name: &str,
    company: Company,
    test: impl AsyncFnOnce(&TestEnv) -> Result<()>,
) -> Result<()> {
    let env = TestEnv::start_with(name, company).await?;
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
    /// Starts an empty environment, when no other runs.
    pub async fn start(name: &str) -> Result<Self> {
        Self::start_with(name, Company::Alone).await
    }

    async fn start_with(name: &str, company: Company) -> Result<Self> {
        let logs = programs::top().join("target").join("e2e-logs");
        let folder = logs.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        // Media of two tests at once would be too much for a small machine, and the app's own relay
        // has one port on it. So the lock is for the whole computer, not for this checkout.
        // If the file belongs to another user, this checkout's file is used.
        let turn = File::create(env::temp_dir().join("snug-end-to-end-turn"))
            .or_else(|_| File::create(logs.join("turn")))?;
        let turn = tokio::task::spawn_blocking(move || {
            match company {
                Company::Alone => turn.lock(),
                Company::BesideAnother => turn.lock_shared(),
            }
            .map(|()| turn)
        })
        .await??;
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
            firefoxes: RefCell::default(),
            #[cfg(target_os = "linux")]
            windows: RefCell::default(),
            #[cfg(target_os = "linux")]
            display_size: Cell::new(display::DEFAULT_SIZE),
            #[cfg(target_os = "linux")]
            desktops: RefCell::default(),
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
        let variables = self.variables.borrow().clone();
        let relay = Relay::start(web_root, listens, options, &variables, &self.folder).await?;
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

    /// A browser on this computer that keeps its data in this folder, with a driver of its own.
    #[cfg(target_os = "linux")]
    pub async fn browser_of(&self, name: &str, profile: &Path) -> Result<Page> {
        let variables = self.variables.borrow().clone();
        let driver = chromium::Driver::start(name, &Place::Here, &self.folder, &variables).await?;
        let computer = Computer::default();
        let page = driver.browser_of(name, computer, Some(profile)).await?;
        self.pages.borrow_mut().push(page.clone());
        self.drivers.borrow_mut().push(driver);
        Ok(page)
    }

    /// Kills all processes of such a browser, like a power cut.
    #[cfg(target_os = "linux")]
    pub fn kill_browser(&self, page: &Page) -> Result<()> {
        self.forget(page);
        page.driver().clone().leak().ok();
        usage::kill(page, "chromium")
    }

    /// Firefox on this computer.
    #[cfg(target_os = "linux")]
    pub async fn firefox(&self, name: &str) -> Result<Page> {
        let variables = self.variables.borrow().clone();
        let firefox = Firefox::open(name, &Place::Here, &self.folder, &variables).await?;
        let page = firefox.page().clone();
        self.firefoxes.borrow_mut().push(firefox);
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
        let shown = Shown::Alone {
            size: self.display_size.get(),
        };
        self.open_window(name, app, arguments, place, shown).await
    }

    /// The app's window on this desktop, with this relay and the engine's test devices.
    #[cfg(target_os = "linux")]
    pub async fn window_on(
        &self,
        desktop: &Rc<Desktop>,
        name: &str,
        relay: &Relay,
    ) -> Result<Page> {
        let arguments = ["--relay", &relay.address(), "--mock-devices"];
        let shown = Shown::OnDesktop(Rc::clone(desktop));
        self.open_window(name, App::Snug, &arguments, &Place::Here, shown)
            .await
    }

    /// A Wayland desktop whose only output has this size.
    #[cfg(target_os = "linux")]
    pub fn wayland_desktop(&self, size: &str) -> Result<Rc<Desktop>> {
        // The test's own folder makes too long a path for sockets.
        let folder = tempfile::tempdir()?;
        let desktop = Rc::new(Desktop::start(folder.path(), size));
        self.desktops
            .borrow_mut()
            .push((Rc::clone(&desktop), folder));
        Ok(desktop)
    }

    #[cfg(target_os = "linux")]
    async fn open_window(
        &self,
        name: &str,
        app: App,
        arguments: &[&str],
        place: &Place,
        shown: Shown,
    ) -> Result<Page> {
        let variables = self.variables.borrow().clone();
        let folder = &self.folder;
        let opening = Window::open(name, app, arguments, place, folder, &variables, shown);
        let window = opening.await?;
        let page = window.page().clone();
        self.windows.borrow_mut().push(window);
        Ok(page)
    }

    /// Another program's window on the screen of this app's window. `colour` is 0xRRGGBB.
    #[cfg(target_os = "linux")]
    pub fn show_window_beside(&self, page: &Page, title: &str, colour: u32) -> Result<PlainWindow> {
        self.on_display(page, |display| display.show_window(title, colour))
    }

    /// Types a line on the keyboard of the app's screen, also into a dialog of the system.
    #[cfg(target_os = "linux")]
    pub fn type_line_beside(&self, page: &Page, line: &str) -> Result<()> {
        self.on_display(page, |display| display.type_line(line))
    }

    /// The titles of all windows on the app's screen.
    #[cfg(target_os = "linux")]
    pub fn titles_beside(&self, page: &Page) -> Result<Vec<String>> {
        self.on_display(page, Display::titles)
    }

    /// The same with a picture.
    #[cfg(target_os = "linux")]
    pub fn show_picture_beside(
        &self,
        page: &Page,
        title: &str,
        picture: &Picture,
    ) -> Result<PlainWindow> {
        self.on_display(page, |display| display.show_picture(title, picture))
    }

    /// The size of the screen of each window that is opened from now on.
    #[cfg(target_os = "linux")]
    pub fn set_display_size(&self, size: (u16, u16)) {
        self.display_size.set(size);
    }

    /// Covers the screen of this app's window with scrolling text.
    #[cfg(target_os = "linux")]
    pub fn scroll_on_screen_of(
        &self,
        page: &Page,
        picture: &Picture,
        size: (u16, u16),
    ) -> Result<Scroll> {
        self.on_display(page, |display| display.scroll(picture, size))
    }

    /// The same with a picture that does not move.
    #[cfg(target_os = "linux")]
    pub fn cover_screen_of(
        &self,
        page: &Page,
        picture: &Picture,
        size: (u16, u16),
    ) -> Result<PlainWindow> {
        self.on_display(page, |display| display.cover(picture, size))
    }

    #[cfg(target_os = "linux")]
    fn on_display<T>(&self, page: &Page, act: impl FnOnce(&Display) -> Result<T>) -> Result<T> {
        let windows = self.windows.borrow();
        let mut windows = windows.iter();
        let window = windows.find(|window| window.page().name() == page.name());
        act(window
            .ok_or_else(|| anyhow!("that window is not open"))?
            .display()?)
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
        self.forget(page);
        Ok(page.driver().clone().quit().await?)
    }

    fn forget(&self, page: &Page) {
        let mut pages = self.pages.borrow_mut();
        pages.retain(|open| open.name() != page.name());
    }

    /// From now on, console errors that contain this are expected.
    pub fn expect_console(&self, part: &str) {
        self.expected.borrow_mut().push(part.to_owned());
    }

    /// No page may have reported an error, nor its content security policy a refusal.
    async fn consoles_are_clean(&self) -> Result<()> {
        for page in self.open_browsers() {
            let complaints = chromium::console_errors(&page).await?;
            self.is_clean(&page, complaints).await?;
        }
        #[cfg(target_os = "linux")]
        for page in self.open_firefoxes() {
            let complaints = firefox::console_errors(&page).await?;
            self.is_clean(&page, complaints).await?;
        }
        Ok(())
    }

    async fn is_clean(&self, page: &Page, mut complaints: Vec<String>) -> Result<()> {
        let expected = self.expected.borrow().clone();
        complaints.retain(|line| !expected.iter().any(|part| line.contains(part)));
        complaints.extend(page::refusals(page).await?);
        if !complaints.is_empty() {
            bail!("{}'s console says: {}", page.name(), complaints.join("\n"));
        }
        Ok(())
    }

    /// Every Chromium that has not been closed.
    pub fn open_browsers(&self) -> Vec<Page> {
        self.pages.borrow().clone()
    }

    #[cfg(target_os = "linux")]
    fn open_firefoxes(&self) -> Vec<Page> {
        let firefoxes = self.firefoxes.borrow();
        firefoxes
            .iter()
            .map(|firefox| firefox.page().clone())
            .collect()
    }

    #[cfg(target_os = "linux")]
    fn open_windows(&self) -> Vec<Page> {
        let windows = self.windows.borrow();
        windows.iter().map(|window| window.page().clone()).collect()
    }

    async fn keep_evidence(&self) {
        let pages = self.open_browsers().into_iter();
        #[cfg(target_os = "linux")]
        let pages = pages
            .chain(self.open_firefoxes())
            .chain(self.open_windows());
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
        let pages = self.open_browsers().into_iter();
        #[cfg(target_os = "linux")]
        let pages = pages.chain(self.open_firefoxes());
        for page in pages {
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
