//! A union delivers by an office's spreadsheet: from a file with mistakes to an order that knows who is given what.

use std::io::Write;

use anyhow::{Result, ensure};

use crate::browser::{Browser, Width};
use crate::driver::Driver;
use crate::pages::Person;
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_list_in_gbk_is_corrected_and_ordered_at_the_desk() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let officer = Person::new(&site, Browser::open(&driver, Width::Desk).await?);
    officer.puts_into_basket("qyhg", "庆元花菇").await?;
    officer.begins_an_order_by_list().await?;
    officer.cannot_send_without_a_list().await?;
    officer.is_told_of_a_password().await?;
    officer.chooses_a_list("list-gbk.csv").await?;
    officer.sees_counts("298 行可用").await?;
    officer.sees_counts("2 行有错").await?;
    officer.corrects_a_phone().await?;
    officer.imports(299).await?;
    let sent = officer.sends_it().await?;
    ensure!(sent == (299, 3), "people and points of the order: {sent:?}");
    officer.close().await?;
    site.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_libre_office_is_ordered_on_the_phone() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let officer = Person::new(&site, Browser::open(&driver, Width::Phone).await?);
    officer.puts_into_basket("qyhg", "庆元花菇").await?;
    officer.begins_an_order_by_list().await?;
    officer.chooses_a_list("list.xlsx").await?;
    officer.sees_counts("300 行可用").await?;
    officer.browser().inspect("list-good").await?;
    officer.imports(300).await?;
    let sent = officer.sends_it().await?;
    ensure!(sent == (300, 3), "people and points of the order: {sent:?}");
    officer.close().await?;
    site.close().await
}

/// Past the test harness, which would keep it to itself as long as the test passes.
fn printed() -> impl Write {
    std::io::stderr().lock()
}

/// What it takes is printed and not held to: machines differ.
#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_rows_can_be_worked_with() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let officer = Person::new(&site, Browser::open(&driver, Width::Desk).await?);
    officer.puts_into_basket("qyhg", "庆元花菇").await?;
    officer.begins_an_order_by_list().await?;
    let took = officer.reads_rows(3_000).await?;
    writeln!(printed(), "3,000 rows read and shown in {took:.0} ms")?;
    officer.scrolls_a_list_to_its_end(3_000).await?;
    let (worked, painted) = officer.changes_a_cell().await?;
    writeln!(
        printed(),
        "one of 3,000 rows changed: worked out in {worked:.1} ms, painted after {painted:.1} ms (median of 11)"
    )?;
    officer.reads_on_in_english().await?;
    officer.takes_another_file().await?;
    let took = officer.reads_rows(5_000).await?;
    writeln!(printed(), "5,000 rows read and shown in {took:.0} ms")?;
    officer.close().await?;
    site.close().await
}
