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
use domain::region::{DistrictId, PairKind};
use domain::say;
use domain::tally::NO_BRAND;
use domain::wire::{NewReversal, SaleEntry, Sales};
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
    month: Option<i8>,
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
    after: Option<i64>,
    /// At most 100.
    limit: Option<usize>,
}

impl ListParams {
    fn filter(self) -> Result<Filter> {
        let pair = self.pair.as_deref().filter(|code| !code.is_empty()).map(|code| {
            PairKind::from_code(code).ok_or_else(|| {
                Refusal::field("pair", say!("没有“{code}”这种结对", "There is no kind of pairing “{code}”"))
            })
        });
        if let Some(month) = self.month.filter(|month| !(1..=12).contains(month)) {
            return Err(Refusal::field(
                "month",
                say!("月份是 1 到 12，不是 {month}", "Months are 1 to 12, not {month}"),
            )
            .into());
        }
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let (brand, channel, category) = (given(self.brand), given(self.channel), given(self.category));
        known("brand", brand.as_deref(), |code| code == NO_BRAND || Brand::from_code(code).is_some())?;
        known("channel", channel.as_deref(), |code| Channel::from_code(code).is_some())?;
        known("category", category.as_deref(), |code| Category::from_code(code).is_some())?;
        Ok(Filter {
            year: year_or_this(self.year)?,
            month: self.month,
            district: given(self.district),
            county: given(self.county),
            brand,
            channel,
            category,
            pair: pair.transpose()?,
        })
    }
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

refusals! { NotReversed: NotAllowed, AlreadyReversed, IdTaken, ReasonNeeded, BadField }

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
