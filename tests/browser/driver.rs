//! The programs through which a test holds a browser: chromedriver, geckodriver or WebKitWebDriver. They are ended with the test,
//! whatever happens.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use thirtyfour::common::capabilities::firefox::FirefoxPreferences;
use thirtyfour::prelude::*;

/// The engines that browsers are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

pub struct Driver {
    pub engine: Engine,
    pub address: String,
    processes: Vec<Child>,
}

impl Engine {
    /// The variable that names its driver, which `cargo xtask test` sets where it has one.
    fn variable(self) -> &'static str {
        match self {
            Engine::Chromium => "CHROMEDRIVER",
            Engine::Firefox => "GECKODRIVER",
            Engine::WebKit => "WEBKIT_DRIVER",
        }
    }

    pub fn is_here(self) -> bool {
        std::env::var_os(self.variable()).is_some()
    }

    pub fn capabilities(self, language: &str) -> Result<Capabilities> {
        match self {
            Engine::Chromium => chromium(language),
            Engine::Firefox => {
                let mut capabilities = DesiredCapabilities::firefox();
                capabilities.add_arg("-headless")?;
                let mut preferences = FirefoxPreferences::new();
                preferences.set("intl.accept_languages", language)?;
                capabilities.set_preferences(preferences)?;
                if let Some(firefox) = std::env::var_os("FIREFOX") {
                    capabilities.set_firefox_binary(&firefox.to_string_lossy())?;
                }
                Ok(capabilities.into())
            }
            Engine::WebKit => {
                let browser = std::env::var("MINIBROWSER").context("MINIBROWSER names the window of WebKit")?;
                let mut capabilities = Capabilities::new();
                capabilities.set("webkitgtk:browserOptions", json!({"binary": browser, "args": ["--automation"]}))?;
                Ok(capabilities)
            }
        }
    }
}

fn chromium(language: &str) -> Result<Capabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    if let Some(chromium) = std::env::var_os("CHROMIUM") {
        capabilities.set_binary(&chromium.to_string_lossy())?;
    }
    for argument in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--window-size=1280,900",
    ] {
        capabilities.add_arg(argument)?;
    }
    capabilities.add_arg(&format!("--accept-lang={language}"))?;
    Ok(capabilities.into())
}

impl Driver {
    pub fn start() -> Result<Driver> {
        Driver::of(Engine::Chromium)
    }

    pub fn of(engine: Engine) -> Result<Driver> {
        let port = free_port()?;
        let mut processes = Vec::new();
        let mut command = Command::new(std::env::var_os(engine.variable()).unwrap_or_else(|| "chromedriver".into()));
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        if engine == Engine::WebKit {
            let (screen, display) = screen()?;
            processes.push(screen);
            command.env("DISPLAY", display);
            // Containers have neither the namespaces of its sandbox nor a graphics card; it shows our own pages only.
            command.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1").env("WEBKIT_DISABLE_COMPOSITING_MODE", "1");
        }
        processes.push(command.spawn().with_context(|| format!("{engine:?}'s driver does not start"))?);
        let driver = Driver { engine, address: format!("http://127.0.0.1:{port}"), processes };
        await_port(port).with_context(|| format!("{engine:?}'s driver does not answer"))?;
        Ok(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for process in self.processes.iter_mut().rev() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// WebKit has no mode without a screen; this one is of memory.
fn screen() -> Result<(Child, OsString)> {
    let program = std::env::var_os("XVFB").unwrap_or_else(|| "Xvfb".into());
    let mut screen = Command::new(program)
        .args(["-displayfd", "1", "-screen", "0", "1280x1000x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("Xvfb does not start; `cargo xtask test` installs it")?;
    let mut number = String::new();
    BufReader::new(screen.stdout.take().context("its output")?).read_line(&mut number)?;
    ensure!(!number.trim().is_empty(), "Xvfb ended before it told its number");
    Ok((screen, format!(":{}", number.trim()).into()))
}

/// A port that was free a moment ago; not every driver can be told to choose one and say which.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn await_port(port: u16) -> Result<()> {
    let begun = Instant::now();
    while let Err(error) = std::net::TcpStream::connect(("127.0.0.1", port)) {
        if begun.elapsed() > Duration::from_secs(20) {
            return Err(error.into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
