//! One page in one browser or window, used as a person does: elements are found by role and
//! accessible name, and every look-up waits until the page is ready for it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::{By, Key, TypingData, WebDriver, WebElement};

use crate::{media_stats::MediaStats, wait};

const ROLES: &str = include_str!("page/roles.js");
/// Keeps the page's connections, for their statistics.
pub(crate) const PROBE: &str = include_str!("page/probe.js");
const MEDIA_STATS: &str = include_str!("page/media-stats.js");

/// The role of an element for people and assistive technology.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Alert,
    Button,
    Dialog,
    Heading,
    Image,
    Link,
    List,
    ListItem,
    Log,
    Meter,
    Radio,
    Select,
    Status,
    Switch,
    Tab,
    TextBox,
    Video,
}

impl Role {
    fn aria(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Button => "button",
            Self::Dialog => "dialog",
            Self::Heading => "heading",
            Self::Image => "img",
            Self::Link => "link",
            Self::List => "list",
            Self::ListItem => "listitem",
            Self::Log => "log",
            Self::Meter => "meter",
            Self::Radio => "radio",
            Self::Select => "combobox",
            Self::Status => "status",
            Self::Switch => "switch",
            Self::Tab => "tab",
            Self::TextBox => "textbox",
            Self::Video => "video",
        }
    }
}

/// A page that a person could be looking at.
#[derive(Debug, Clone)]
pub struct Page {
    name: String,
    driver: WebDriver,
    root: u32,
}

impl Page {
    pub(crate) fn new(name: &str, driver: WebDriver, root: u32) -> Self {
        Self {
            name: name.to_owned(),
            driver,
            root,
        }
    }

    /// The name of its person in the test.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The driver, for actions without a method here.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// The process that started its driver and its app. Browsers that share a driver share this.
    pub fn root(&self) -> u32 {
        self.root
    }

    pub async fn open(&self, address: &str) -> Result<()> {
        self.driver
            .goto(address)
            .await
            .with_context(|| format!("{}: opening {address}", self.name))
    }

    pub async fn reload(&self) -> Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// All visible elements of this role and name.
    pub async fn all(&self, role: Role, name: Option<&str>) -> Result<Vec<WebElement>> {
        let arguments = vec![json!(role.aria()), json!(name)];
        Ok(self.driver.execute(ROLES, arguments).await?.elements()?)
    }

    /// Waits for it.
    pub async fn find(&self, role: Role, name: &str) -> Result<WebElement> {
        let what = self.what(role, name, "is there");
        wait::until(&what, async || {
            Ok(self.all(role, Some(name)).await?.into_iter().next())
        })
        .await
    }

    /// Waits for it, where only its presence matters.
    pub async fn sees(&self, role: Role, name: &str) -> Result<()> {
        self.find(role, name).await.map(|_| ())
    }

    /// Waits until it is gone.
    pub async fn sees_no(&self, role: Role, name: &str) -> Result<()> {
        let what = self.what(role, name, "is gone");
        wait::until(&what, async || {
            Ok(self.all(role, Some(name)).await?.is_empty().then_some(()))
        })
        .await
    }

    /// Presses it, as soon as nothing covers it.
    pub async fn press(&self, role: Role, name: &str) -> Result<()> {
        let what = self.what(role, name, "can be pressed");
        wait::until(&what, async || {
            let Some(element) = self.all(role, Some(name)).await?.into_iter().next() else {
                return Ok(None);
            };
            element.click().await?;
            Ok(Some(()))
        })
        .await
    }

    /// Presses a button.
    pub async fn button(&self, name: &str) -> Result<()> {
        self.press(Role::Button, name).await
    }

    /// Replaces the text of a text box.
    pub async fn fill(&self, name: &str, text: &str) -> Result<()> {
        self.enter(name, text, text).await
    }

    /// Types into a text box that converts its text, and waits for the result.
    pub async fn enter(&self, name: &str, text: &str, shown: &str) -> Result<()> {
        let what = self.what(Role::TextBox, name, "takes what is typed");
        wait::until(&what, async || {
            let Some(element) = self
                .all(Role::TextBox, Some(name))
                .await?
                .into_iter()
                .next()
            else {
                return Ok(None);
            };
            // A person selects first. Clearing would send no key event.
            element.send_keys(Key::Control + "a").await?;
            if text.is_empty() {
                element.send_keys(Key::Backspace).await?;
            } else {
                element.send_keys(text).await?;
            }
            Ok((self.value(name).await? == shown).then_some(()))
        })
        .await
    }

    /// The text of a text box.
    pub async fn value(&self, name: &str) -> Result<String> {
        let element = self.find(Role::TextBox, name).await?;
        Ok(element.prop("value").await?.unwrap_or_default())
    }

    /// Waits until a text box contains this.
    pub async fn holds(&self, name: &str, text: &str) -> Result<()> {
        let what = self.what(Role::TextBox, name, &format!("holds “{text}”"));
        wait::until(&what, async || {
            Ok((self.value(name).await? == text).then_some(()))
        })
        .await
    }

    /// The visible words in it.
    pub async fn text(&self, role: Role, name: &str) -> Result<String> {
        let element = self.find(role, name).await?.to_json()?;
        self.script("return arguments[0].innerText", vec![element])
            .await
    }

    /// Waits until its words contain these.
    pub async fn reads(&self, role: Role, name: &str, words: &str) -> Result<()> {
        let what = self.what(role, name, &format!("reads “{words}”"));
        wait::until(&what, async || {
            Ok(self.text(role, name).await?.contains(words).then_some(()))
        })
        .await
    }

    /// Waits until these words are visible anywhere.
    pub async fn says(&self, words: &str) -> Result<()> {
        let what = format!("{}: “{words}” can be read", self.name);
        wait::until(&what, async || {
            Ok(self.words().await?.contains(words).then_some(()))
        })
        .await
    }

    /// Waits until these words are visible nowhere.
    pub async fn says_no_more(&self, words: &str) -> Result<()> {
        let what = format!("{}: “{words}” is gone", self.name);
        wait::until(&what, async || {
            Ok((!self.words().await?.contains(words)).then_some(()))
        })
        .await
    }

    /// Every word on the page and in its fields.
    pub async fn everything(&self) -> Result<String> {
        self.script(
            "return [document.body.innerText, ...[...document.querySelectorAll('input')]\
             .map((input) => input.value)].join('\\n')",
            vec![],
        )
        .await
    }

    /// Every word on the page.
    pub async fn words(&self) -> Result<String> {
        self.script("return document.body.innerText", vec![]).await
    }

    /// The description of a text box: its hint and its error.
    pub async fn description(&self, name: &str) -> Result<String> {
        let element = self.find(Role::TextBox, name).await?;
        self.script(
            "return (arguments[0].getAttribute('aria-describedby') ?? '').split(/\\s+/)\
             .map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim()",
            vec![element.to_json()?],
        )
        .await
    }

    /// Whether a text box is marked as invalid.
    pub async fn is_invalid(&self, name: &str) -> Result<bool> {
        let element = self.find(Role::TextBox, name).await?;
        Ok(element.attr("aria-invalid").await?.as_deref() == Some("true"))
    }

    /// The words of a select's options.
    pub async fn options(&self, name: &str) -> Result<Vec<String>> {
        let select = self.find(Role::Select, name).await?;
        self.script(
            "return [...arguments[0].options].map((option) => option.text)",
            vec![select.to_json()?],
        )
        .await
    }

    /// Chooses the option with these words.
    pub async fn choose(&self, name: &str, words: &str) -> Result<()> {
        let select = self.find(Role::Select, name).await?;
        for option in select.find_all(By::Tag("option")).await? {
            if option.text().await? == words {
                return Ok(option.click().await?);
            }
        }
        bail!("{}: {name} has no option “{words}”", self.name)
    }

    /// Presses keys in the focused element.
    pub async fn keys(&self, keys: impl Into<TypingData>) -> Result<()> {
        self.driver.action_chain().send_keys(keys).perform().await?;
        Ok(())
    }

    /// Media that have arrived from the person whose video has this name.
    pub async fn media_stats(&self, email: &str) -> Result<MediaStats> {
        let stats: Option<MediaStats> = self.script(MEDIA_STATS, vec![json!(email)]).await?;
        stats.with_context(|| format!("{}: no picture is named {email}", self.name))
    }

    /// Runs a script; for measurements, never in place of a person's action.
    pub async fn script<T: DeserializeOwned>(
        &self,
        script: &str,
        arguments: Vec<Value>,
    ) -> Result<T> {
        Ok(self.driver.execute(script, arguments).await?.convert()?)
    }

    /// Writes a screenshot of it.
    pub async fn screenshot(&self, file: &Path) -> Result<()> {
        Ok(self.driver.screenshot(file).await?)
    }

    fn what(&self, role: Role, name: &str, state: &str) -> String {
        format!("{}: {} “{name}” {state}", self.name, role.aria())
    }
}

/// Refusals of the page's content security policy since it was loaded.
pub(crate) async fn refusals(page: &Page) -> Result<Vec<String>> {
    page.script("return window.snugProbe?.refused ?? []", vec![])
        .await
}
