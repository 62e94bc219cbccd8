//! Sample reports of sales made elsewhere, so that every channel has figures: a street and a shop report month by month, and what
//! they report is verified by the very commands of a person's requests. The last few wait, one came back, one may be a double.

use domain::channel::Channel;
use domain::duplicate::Verdict;
use domain::id::{ReportId, uuid_v7};
use domain::organisation::{Actor, Role};
use domain::region::DistrictId;
use domain::report::{Decision, Report};
use domain::wire::{NewReport, NewReportLine};
use domain::{Language, Money};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use crate::clock::{self, Ms};
use crate::data::{Data, Product, RegionKind};
use crate::error::{Error, Result};
use crate::store::{Db, reports};

/// What each of the two reports: a line is what was sold of a product in a month, in yuan.
const CHANNELS: &[(&str, Channel, std::ops::Range<i64>)] = &[
    ("street.reporter", Channel::AssistanceStreet, 250_000..900_000),
    ("street.reporter", Channel::Fair, 80_000..420_000),
    ("shop.reporter", Channel::SpecialtyStore, 90_000..380_000),
    ("shop.reporter", Channel::OnlinePlatform, 110_000..460_000),
];

/// Lines of a month's report.
const LINES: std::ops::RangeInclusive<usize> = 3..=6;
/// How long a report waits to be verified.
const VERIFIED_AFTER: Ms = 3 * 24 * 60 * 60 * 1000;

struct Sample<'a> {
    data: &'a Data,
    random: StdRng,
    products: Vec<&'a Product>,
    districts: Vec<&'a str>,
}

/// Reports of both years up to `now`.
pub fn place_reports(db: &mut Db, data: &Data, now: Ms) -> Result<()> {
    let today = clock::day(now);
    let mut sample = Sample {
        data,
        random: StdRng::seed_from_u64(u64::from(today.year().unsigned_abs())),
        products: data.products.iter().collect(),
        districts: data.regions.iter().filter(|it| it.kind == RegionKind::District).map(|it| it.id.as_str()).collect(),
    };
    for year in [today.year() - 1, today.year()] {
        for month in 1..=12 {
            sample.place_month(db, date(year, month, 1), now)?;
        }
    }
    sample.place_last(db, now)
}

impl Sample<'_> {
    /// What each channel sold in a month, reported after its end and verified some days later.
    fn place_month(&mut self, db: &mut Db, first: Date, now: Ms) -> Result<()> {
        let reported = clock::at(first.last_of_month().saturating_add(2.days()), 10, 0);
        if reported + VERIFIED_AFTER >= now {
            return Ok(());
        }
        for (login, channel, yuan) in CHANNELS {
            let days: Vec<Date> =
                (1..=first.days_in_month()).map(|day| date(first.year(), first.month(), day)).collect();
            let count = self.random.random_range(LINES);
            let lines: Vec<NewReportLine> = (0..count).filter_map(|_| self.line(&days, yuan.clone())).collect();
            let report = self.report(*channel, lines, reported);
            let actor = self.actor(login)?;
            submit(db, &actor, &report, reported)?;
            self.recognise(db, report.id, reported + VERIFIED_AFTER)?;
        }
        Ok(())
    }

    /// What is on the desks: two that wait, one that may be a double of another, and one that was returned.
    fn place_last(&mut self, db: &mut Db, now: Ms) -> Result<()> {
        const DAY: Ms = 24 * 60 * 60 * 1000;
        let (street, shop) = (self.actor("street.reporter")?, self.actor("shop.reporter")?);
        let day = clock::day(now - 3 * DAY);
        let Some(line) = self.line(&[day], 8_000..30_000) else { return Ok(()) };
        let line = NewReportLine { invoices: vec!["26332000000099880077".into()], ..line };
        let first = self.report(Channel::Fair, vec![line.clone()], now - 2 * DAY);
        submit(db, &street, &first, now - 2 * DAY)?;
        let again = self.report(Channel::SpecialtyStore, vec![line], now - DAY);
        submit(db, &shop, &again, now - DAY)?;
        let others: Vec<NewReportLine> = (0..2).filter_map(|_| self.line(&[day], 8_000..30_000)).collect();
        let returned = self.report(Channel::AssistanceStreet, others, now - DAY - 1);
        submit(db, &street, &returned, now - DAY - 1)?;
        let reason = "发票号码看不清，请重新拍一张".to_owned();
        let city = self.actor("ningbo.city")?;
        reports::decide(db, &city, &returned.id.to_string(), &Decision::Return(reason), now - DAY / 2)
    }

    fn line(&mut self, days: &[Date], yuan: std::ops::Range<i64>) -> Option<NewReportLine> {
        let day = *days.choose(&mut self.random)?;
        let month = day.month().unsigned_abs().into();
        let in_season: Vec<&Product> =
            self.products.iter().copied().filter(|product| product.season.has(month)).collect();
        let product = *in_season.choose(&mut self.random)?;
        let amount = self.random.random_range(yuan) * 100 + self.random.random_range(0..100);
        let district = *self.districts.choose(&mut self.random)?;
        Some(NewReportLine {
            sold_on: day.to_string(),
            county: product.county.clone(),
            brand: product.brand,
            category: product.category,
            product: product.name.clone(),
            quantity: (amount / product.ladder.list_price().fen().max(1)).max(1),
            amount_fen: Money::from_fen(amount),
            invoices: Vec::new(),
            buyer: String::new(),
            district: district.to_owned(),
            note: String::new(),
        })
    }

    fn report(&mut self, channel: Channel, lines: Vec<NewReportLine>, at: Ms) -> NewReport {
        let seller = match channel {
            Channel::AssistanceStreet | Channel::Fair => "山丘市集消费帮扶街区（示例）",
            _ => "山海协作示例专营店",
        };
        NewReport {
            id: ReportId(uuid_v7(at.unsigned_abs(), &self.random.random())),
            attempt: 1,
            channel,
            seller: seller.to_owned(),
            seller_uscc: String::new(),
            note: String::new(),
            sure_fen: lines.iter().map(|line| line.amount_fen).collect(),
            lines,
            evidence: Vec::new(),
        }
    }

    /// Whoever verifies looks first at what may be a double.
    fn recognise(&self, db: &mut Db, id: ReportId, at: Ms) -> Result<()> {
        let (city, id) = (self.actor("ningbo.city")?, id.to_string());
        for pair in reports::report(db, &city, &id, Language::Zh)?.pairs {
            let verdict = (Verdict::Different, "核对过台账，是两笔");
            reports::decide_pair(db, &city, &id, &pair.id.to_string(), verdict, at)?;
        }
        let decision = Decision::Recognise(Some("示例：核对过销售台账".to_owned()));
        reports::decide(db, &city, &id, &decision, at)
    }

    fn actor(&self, login: &str) -> Result<Actor> {
        let account = self.data.accounts.iter().find(|account| account.login == login);
        let account = account.ok_or_else(|| anyhow::anyhow!("the sample reports need {login} in accounts.toml"))?;
        let of = self.data.organisations.iter().find(|known| known.id == account.organisation);
        let district = of.and_then(|of| of.district.as_ref()).map(DistrictId::new);
        debug_assert!(account.role == Role::Reporter || account.role == Role::CityCoordinator);
        Ok(Actor { account: account.id, role: account.role, organisation: account.organisation, district })
    }
}

fn submit(db: &mut Db, actor: &Actor, report: &NewReport, at: Ms) -> Result<()> {
    let parsed = Report::parse(report, clock::day(at)).map_err(Error::from)?;
    reports::submit(db, actor, &parsed, &format!("sample-{}", report.id), at)?;
    Ok(())
}
