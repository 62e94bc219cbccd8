//! From the operator's targets to a closed month and the bulletin, at the desk and on the phone.

use anyhow::Result;

use crate::browser::{Browser, Width};
use crate::driver::Driver;
use crate::pages::Person;
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn targets_are_set_a_month_is_closed_and_the_bulletin_says_so() -> Result<()> {
    for (width, name) in [(Width::Desk, "desk"), (Width::Phone, "phone")] {
        let (site, driver) = (Site::open().await?, Driver::start()?);
        let year = server::clock::day(server::clock::now()).year();
        let operator = Person::new(&site, Browser::open(&driver, width).await?);
        operator.sets_the_citys_target(year, "188,000,000", name).await?;
        operator.close().await?;
        let city = Person::new(&site, Browser::open(&driver, width).await?);
        city.closes_the_last_month(name).await?;
        city.looks_at_the_office(name).await?;
        city.reads_the_bulletin(name).await?;
        city.close().await?;
        let english = Person::new(&site, Browser::open_in(&driver, width, "en").await?);
        english.signs_in("ningbo.city").await?;
        english.looks_at_the_office(&format!("english-{name}")).await?;
        english.close().await?;
        site.close().await?;
    }
    Ok(())
}
