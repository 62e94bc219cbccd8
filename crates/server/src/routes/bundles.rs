//! Gift bundles: those a union is choosing among, and three proposed.

use axum::Json;
use axum::extract::State;
use domain::bundle::{MOST_BUNDLES, Proposal, check_plan, check_wanted, propose};
use domain::festival::{Festival, Wanted};
use domain::id::ProductId;
use domain::occasion::Occasion;
use domain::wire::{BundlePlan, BundleProposals, NewBundlePlan, ProposedBundle, ProposedLine, WantedBundles};
use domain::{Money, Refusal, say};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Body, Id, Params, Reader, comma_list};
use crate::clock;
use crate::data::Almanac;
use crate::error::{Error, Result};
use crate::store::Db;
use crate::store::bundles::{self, Asks};

/// An occasion in a path.
#[derive(Debug, Clone, Copy)]
pub struct OfOccasion(Occasion);

impl std::str::FromStr for OfOccasion {
    type Err = ();

    fn from_str(code: &str) -> Result<OfOccasion, ()> {
        Occasion::from_code(code).map(OfOccasion).ok_or(())
    }
}

/// What an occasion asks of goods that are ordered today. A festival is the next one of its name.
fn asks(almanac: &Almanac, occasion: Occasion, today: Date) -> Asks {
    let festival = Festival::ALL.iter().find(|festival| festival.occasion() == occasion);
    let coming = |festival: &Festival| {
        almanac.festivals().iter().find(|(day, known)| known == festival && *day >= today).map(|(day, _)| *day)
    };
    let day = festival.and_then(coming);
    let wanted = |cold_chain| Wanted::at(day?, almanac.lead_time(today, cold_chain)?);
    Asks { today, day, usual: wanted(false), cold_chain: wanted(true) }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BesideParams {
    /// A comma list of goods that are wanted beside those that are kept.
    goods: Option<String>,
}

impl BesideParams {
    fn ids(&self) -> Result<Vec<ProductId>> {
        let id = |text: &String| {
            let refusal =
                || Refusal::field("goods", say!("产品编号读不懂", "The identifier of a product cannot be read"));
            text.parse().map_err(|_| Error::from(refusal()))
        };
        comma_list("goods", self.goods.as_deref())?.iter().map(id).collect()
    }
}

/// The bundles one's own union is choosing among for an occasion, and everything that is known of their goods.
#[utoipa::path(
    get,
    path = "/bundles/{occasion}",
    operation_id = "see_bundles",
    tag = "bundles",
    params(("occasion" = Occasion, Path), BesideParams),
    responses((status = 200, body = BundlePlan, description = "None at first"))
)]
pub async fn one(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(OfOccasion(occasion)): Id<OfOccasion>,
    Params(params): Params<BesideParams>,
) -> Result<Json<BundlePlan>> {
    let (beside, asks) = (params.ids()?, asks(&app.almanac, occasion, clock::day(clock::now())));
    Ok(Json(app.store.read(move |db| bundles::plan(db, &actor, occasion, &beside, &asks, reader)).await?))
}

refusals! { NotKept: BadField, Overtaken }

/// Puts a set of bundles in the place of the one that was read, so that officer and chair see the same.
#[utoipa::path(
    put,
    path = "/bundles/{occasion}",
    operation_id = "keep_bundles",
    tag = "bundles",
    params(("occasion" = Occasion, Path)),
    request_body = NewBundlePlan,
    responses((status = 200, body = BundlePlan, description = "The bundles as they are now"), NotKept)
)]
pub async fn keep(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(OfOccasion(occasion)): Id<OfOccasion>,
    Body(body): Body<NewBundlePlan>,
) -> Result<Json<BundlePlan>> {
    check_plan(&body)?;
    let asks = asks(&app.almanac, occasion, clock::day(clock::now()));
    let command = move |db: &mut Db| {
        bundles::keep(db, &actor, occasion, &body, clock::now())?;
        bundles::plan(db, &actor, occasion, &[], &asks, reader)
    };
    Ok(Json(app.store.write(command).await?))
}

refusals! { NotProposed: BadField }

/// Proposes at most three bundles for an occasion, of which no two share a product; see `domain::bundle::propose`.
///
/// Nothing is kept. Fewer than three, or none, when there are no more that fit the budget.
#[utoipa::path(
    post,
    path = "/bundles/proposals",
    operation_id = "propose_bundles",
    tag = "bundles",
    request_body = WantedBundles,
    responses((status = 200, body = BundleProposals, description = "The best first"), NotProposed)
)]
pub async fn proposals(
    State(app): State<App>,
    Reader(reader): Reader,
    Body(body): Body<WantedBundles>,
) -> Result<Json<BundleProposals>> {
    let per_head = Money::from_fen(body.per_head_budget_fen);
    check_wanted(body.head_count, per_head)?;
    let asks = asks(&app.almanac, body.occasion, clock::day(clock::now()));
    // On a thread that may work for long, which readers' threads are.
    let answer = app.store.read(move |db| {
        let candidates = bundles::candidates(db, &asks)?;
        let proposals = propose(&candidates, body.head_count, per_head, MOST_BUNDLES);
        let ids: Vec<ProductId> =
            proposals.iter().flat_map(|proposal| &proposal.goods).map(|goods| goods.product).collect();
        let goods = bundles::goods(db, &ids, &asks, reader)?;
        let items = proposals.into_iter().map(proposed).collect();
        Ok(BundleProposals { items, day: asks.day.map(|day| day.to_string()), goods })
    });
    Ok(Json(answer.await?))
}

fn proposed(Proposal { goods, per_head }: Proposal) -> ProposedBundle {
    let line = |goods: domain::bundle::ProposedGoods| ProposedLine {
        product_id: goods.product,
        quantity: goods.quantity,
        unit_price_fen: goods.unit_price,
    };
    ProposedBundle { lines: goods.into_iter().map(line).collect(), per_head_fen: per_head }
}
