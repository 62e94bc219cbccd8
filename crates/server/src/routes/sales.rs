//! The entries of the ledger, and their reversal.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::Refusal;
use domain::channel::Channel;
use domain::id::SaleId;
use domain::order::parse_reason;
use domain::permission::check_sales;
use domain::product::{Brand, Category};
use domain::region::{DistrictId, PairKind, Prefecture};
use domain::say;
use domain::tally::NO_BRAND;
use domain::wire::{NewReversal, SaleEntry, Sales};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Body, Id, Params, Reader, page_size};
use super::tally::year_or_this;
use crate::clock;
use crate::error::Result;
use crate::store::sales::{self, Filter};
use crate::store::tally::check_district;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    year: Option<i16>,
    /// The first day, in the year.
    from: Option<String>,
    /// The last day, in the year.
    to: Option<String>,
    month: Option<i8>,
    /// From January to this month.
    until: Option<i8>,
    district: Option<String>,
    county: Option<String>,
    /// A brand, or `none` for goods without one.
    brand: Option<String>,
    #[param(value_type = Option<Channel>)]
    channel: Option<String>,
    #[param(value_type = Option<Category>)]
    category: Option<String>,
    #[param(value_type = Option<PairKind>)]
    pair: Option<String>,
    /// The city the goods come from.
    #[param(value_type = Option<Prefecture>)]
    prefecture: Option<String>,
    after: Option<i64>,
    /// At most 100.
    limit: Option<usize>,
}

impl ListParams {
    pub fn filter(self) -> Result<Filter> {
        let pair = self.pair.as_deref().filter(|code| !code.is_empty()).map(|code| {
            PairKind::from_code(code).ok_or_else(|| {
                Refusal::field("pair", say!("没有“{code}”这种结对", "There is no kind of pairing “{code}”"))
            })
        });
        for (field, month) in [("month", self.month), ("until", self.until)] {
            if let Some(month) = month.filter(|month| !(1..=12).contains(month)) {
                let sentence = say!("月份是 1 到 12，不是 {month}", "Months are 1 to 12, not {month}");
                return Err(Refusal::field(field, sentence).into());
            }
        }
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let (brand, channel, category) = (given(self.brand), given(self.channel), given(self.category));
        known("brand", brand.as_deref(), |code| code == NO_BRAND || Brand::from_code(code).is_some())?;
        known("channel", channel.as_deref(), |code| Channel::from_code(code).is_some())?;
        known("category", category.as_deref(), |code| Category::from_code(code).is_some())?;
        let prefecture = given(self.prefecture);
        known("prefecture", prefecture.as_deref(), |code| Prefecture::from_code(code).is_some())?;
        let year = year_or_this(self.year)?;
        let (from, to) = days((given(self.from), given(self.to)), year)?;
        Ok(Filter {
            year,
            from,
            to,
            month: self.month,
            until: self.until,
            district: given(self.district),
            county: given(self.county),
            brand,
            channel,
            category,
            pair: pair.transpose()?,
            prefecture: prefecture.as_deref().and_then(Prefecture::from_code),
        })
    }
}

type Days = (Option<Date>, Option<Date>);

/// The days of the year from one to another. One alone reaches to the year's edge.
fn days((from, to): (Option<String>, Option<String>), year: i16) -> Result<Days> {
    let day = |field: &str, text: Option<String>| {
        let Some(text) = text else { return Ok(None) };
        let day: Option<Date> = text.parse().ok();
        match day.filter(|day| day.year() == year) {
            Some(day) => Ok(Some(day)),
            None => Err(Refusal::field(
                field,
                say!(
                    "日期写成 {year}-11-24 这样，并且在 {year} 年里；“{text}”不是",
                    "A day is written like {year}-11-24 and lies in {year}; “{text}” does not"
                ),
            )),
        }
    };
    let (from, to) = (day("from", from)?, day("to", to)?);
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        let sentence = say!("最后一天在第一天之前，请对调", "The last day is before the first; please swap them");
        return Err(Refusal::field("to", sentence).into());
    }
    Ok((from, to))
}

/// Sums of what does not exist would look like sums of what has not been sold.
fn known(field: &str, code: Option<&str>, exists: fn(&str) -> bool) -> Result<()> {
    match code.filter(|code| !exists(code)) {
        Some(code) => Err(Refusal::field(
            field,
            say!("没有“{code}”，请从总览里点进来", "There is no “{code}”; come in from the overview"),
        )
        .into()),
        None => Ok(()),
    }
}

refusals! { NotShown: NotAllowed }

/// One page of the ledger, newest first, and the sum of all that match.
#[utoipa::path(
    get,
    path = "/sales",
    operation_id = "list_sales",
    tag = "sales",
    params(ListParams),
    responses((status = 200, body = Sales, description = "The entries"), NotShown)
)]
pub async fn list(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Params(params): Params<ListParams>,
) -> Result<Json<Sales>> {
    let (before, limit) = (params.after, page_size(params.limit));
    let filter = params.filter()?;
    let district = filter.district.as_ref().map(DistrictId::new);
    check_sales(&actor, district.as_ref())?;
    let sales = app.store.read(move |db| {
        check_district(db, district.as_ref())?;
        sales::list(db, &filter, before, limit, reader)
    });
    Ok(Json(sales.await?))
}

refusals! { NotReversed: NotAllowed, AlreadyReversed, ConsentNeeded, MonthClosed, IdTaken, ReasonNeeded, BadField }

/// Takes a sale back by another entry that says why.
#[utoipa::path(
    post,
    path = "/sales/{id}/reversal",
    operation_id = "reverse_sale",
    tag = "sales",
    params(("id" = SaleId, Path)),
    request_body = NewReversal,
    responses((status = 201, body = SaleEntry, description = "The new entry"), NotReversed)
)]
pub async fn reverse(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(of): Id<SaleId>,
    Body(body): Body<NewReversal>,
) -> Result<(StatusCode, Json<SaleEntry>)> {
    let reason = parse_reason(&body.reason)?;
    let entry =
        app.store.write(move |db| sales::reverse(db, &actor, &of.to_string(), body.id, &reason, clock::now(), reader));
    let entry = entry.await?;
    app.live.moved();
    Ok((StatusCode::CREATED, Json(entry)))
}
