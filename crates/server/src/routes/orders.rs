//! Procurement orders.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::fulfilment::parse_point_code;
use domain::id::OrderId;
use domain::order::Procurement;
use domain::organisation::Actor;
use domain::payment::Payment;
use domain::queue::Queue;
use domain::wire::{ActionBody, NewOrders, NewPayment, Order, OrderSummary, Orders, PointToAccept, Recipients};
use domain::{Code, Language, Money, Refusal, order_life, say};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tracing::Instrument as _;
use utoipa::IntoParams;

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Body, Id, ListBody, Params, Reader, comma_list, page_size};
use crate::clock;
use crate::error::{Error, Result};
use crate::password::hex;
use crate::store::orders::{self, Cursor, Filter, Page};

refusals! { NotPlaced: BadField, NotFound, NotOnSale, MixedMerchants, BelowMinimum, ReasonNeeded, IdTaken }

/// Places every order of a basket and submits them.
///
/// All of them or none. The same body sent again is answered the same and changes nothing.
#[utoipa::path(
    post,
    path = "/orders",
    operation_id = "place_orders",
    tag = "orders",
    request_body = NewOrders,
    responses((status = 201, body = Orders, description = "The orders, one for each merchant"), NotPlaced)
)]
pub async fn place(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    ListBody(body): ListBody<NewOrders>,
) -> Result<(StatusCode, Json<Orders>)> {
    let procurement = Procurement::parse(&body)?;
    let hash = hash_of(&body)?;
    let items = app.store.write(move |db| orders::place(db, &actor, &procurement, &hash, clock::now())).await?;
    app.live.moved();
    Ok((StatusCode::CREATED, Json(placed(items))))
}

/// What tells a request sent again from another one.
pub fn hash_of(body: &impl Serialize) -> Result<String> {
    let canonical = serde_json::to_vec(body).map_err(|error| Error::Broken(error.into()))?;
    Ok(hex(&Sha256::digest(&canonical)))
}

/// The orders a basket became.
pub fn placed(items: Vec<OrderSummary>) -> Orders {
    let total_fen = Money::from_fen(items.iter().map(|order| order.total_fen.fen()).sum());
    Orders { items, next: None, counts: Vec::new(), queues: Vec::new(), total_fen }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// A comma list of states.
    state: Option<String>,
    /// One of the reader's queues: what waits for the same thing.
    queue: Option<String>,
    district: Option<String>,
    after: Option<String>,
    /// At most 100.
    limit: Option<usize>,
}

impl ListParams {
    fn states(&self) -> Result<Vec<order_life::State>> {
        let state = |code: &String| {
            let refusal = || Refusal::field("state", say!("没有“{code}”这种状态", "There is no state “{code}”"));
            order_life::State::from_code(code).ok_or_else(|| refusal().into())
        };
        comma_list("state", self.state.as_deref())?.iter().map(state).collect()
    }

    fn queue(&self) -> Result<Option<Queue>> {
        let Some(code) = self.queue.as_deref().filter(|code| !code.is_empty()) else { return Ok(None) };
        let refusal = || Refusal::field("queue", say!("没有“{code}”这类待办", "There is no queue “{code}”"));
        Ok(Some(Queue::from_code(code).ok_or_else(refusal)?))
    }

    pub fn filter(self) -> Result<Filter> {
        let (states, queue) = (self.states()?, self.queue()?);
        Ok(Filter { states, queue, district: self.district.filter(|district| !district.is_empty()) })
    }

    fn cursor(&self) -> Result<Option<Cursor>> {
        let Some(text) = &self.after else { return Ok(None) };
        let cursor = text.split_once('~').and_then(|(at, number)| {
            let (created_at_ms, number) = (at.parse().ok()?, number.to_owned());
            Some(Cursor { created_at_ms, number })
        });
        let refusal = || {
            Refusal::new(
                Code::BadField,
                say!(
                    "翻页的位置读不懂，请从第一页看起",
                    "The place in the list cannot be read; begin at the first page"
                ),
            )
            .at("after")
        };
        Ok(Some(cursor.ok_or_else(refusal)?))
    }
}

/// One page of the orders the reader may see, newest first.
#[utoipa::path(
    get,
    path = "/orders",
    operation_id = "list_orders",
    tag = "orders",
    params(ListParams),
    responses((status = 200, body = Orders, description = "The orders, and how many stand in each state"))
)]
pub async fn list(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Params(params): Params<ListParams>,
) -> Result<Json<Orders>> {
    let (after, limit) = (params.cursor()?, page_size(params.limit));
    let filter = params.filter()?;
    let orders = app.store.read(move |db| {
        let page = orders::list(db, &actor, &filter, after.as_ref(), limit, reader)?;
        let Page { items, next, counts, queues, total: total_fen } = page;
        let next = next.map(|Cursor { created_at_ms, number }| format!("{created_at_ms}~{number}"));
        Ok(Orders { items, next, counts, queues, total_fen })
    });
    Ok(Json(orders.await?))
}

/// One order, whole; another's is answered as one that does not exist.
#[utoipa::path(
    get,
    path = "/orders/{id}",
    operation_id = "see_order",
    tag = "orders",
    params(("id" = OrderId, Path)),
    responses((status = 200, body = Order, description = "The order, and what the reader may do with it now"))
)]
pub async fn one(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(id): Id<OrderId>,
) -> Result<Json<Order>> {
    Ok(Json(app.store.read(move |db| orders::order(db, &actor, &id.to_string(), reader)).await?))
}

refusals! { NotTold: NotAllowed }

/// Who is given what: the list of the procurement an order belongs to.
///
/// It is the union's alone: merchants and coordinators see how many there are at each point and never who.
#[utoipa::path(
    get,
    path = "/orders/{id}/recipients",
    operation_id = "list_recipients",
    tag = "orders",
    params(("id" = OrderId, Path)),
    responses((status = 200, body = Recipients, description = "In the order of the list; phones masked"), NotTold)
)]
pub async fn recipients(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<OrderId>,
) -> Result<Json<Recipients>> {
    let items = app.store.read(move |db| orders::recipients(db, &actor, &id.to_string())).await?;
    Ok(Json(Recipients { items }))
}

refusals! {
    NotDone: NotAllowed, SamePerson, OutOfTurn, Overtaken, BadField, ReasonNeeded, NotEnoughStock, LinesDiffer, NotOnSale,
    MixedMerchants, BelowMinimum, IdTaken, AlreadyShipped, AlreadyCounted, AlreadyReversed, InvoiceTaken, InvoiceDiffers,
    SlipTaken, PapersMissing
}

/// Does one act on an order.
#[utoipa::path(
    post,
    path = "/orders/{id}/actions",
    operation_id = "act_on_order",
    tag = "orders",
    params(("id" = OrderId, Path)),
    request_body = ActionBody,
    responses((status = 200, body = Order, description = "The order after the act"), NotDone)
)]
pub async fn act(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(id): Id<OrderId>,
    Body(body): Body<ActionBody>,
) -> Result<Json<Order>> {
    // In a task of its own: what follows the commit must happen also when the one who asked hangs up meanwhile.
    let acting = tokio::spawn(act_and_tell(app, actor, id, body, reader).in_current_span());
    Ok(Json(acting.await.map_err(|error| Error::Broken(error.into()))??))
}

async fn act_and_tell(app: App, actor: Actor, id: OrderId, body: ActionBody, reader: Language) -> Result<Order> {
    let moves_stock = body.action().moves_stock();
    let order = app.store.write(move |db| {
        let id = id.to_string();
        orders::act(db, &actor, &id, &body, clock::now())?;
        orders::order(db, &actor, &id, reader)
    });
    let order = order.await?;
    // The act stands, whatever becomes of this: the next refresh makes up for it.
    if moves_stock && let Err(error) = app.catalogue.refresh(&app.store).await {
        tracing::error!(error = format!("{error:#}"), "the product list did not follow");
    }
    app.live.moved();
    Ok(order)
}

/// What comes to the point that a code opens, for whoever counts it in there.
///
/// Open to the officers of the union that ordered, and to the person who did; the code alone lets nobody in. It is counted by
/// `act_on_order`.
#[utoipa::path(
    get,
    path = "/acceptances/{code}",
    operation_id = "see_acceptance",
    tag = "orders",
    params(("code" = String, Path, description = "Ten letters and digits, in any case")),
    responses((status = 200, body = PointToAccept, description = "The point, its goods and its shipments"))
)]
pub async fn acceptance(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Path(code): Path<String>,
) -> Result<Json<PointToAccept>> {
    let code = parse_point_code(&code);
    Ok(Json(app.store.read(move |db| orders::point_to_accept(db, &actor, &code, reader)).await?))
}

refusals! { NotRecorded: NotAllowed, BadField, OutOfTurn, AlreadyPaid }

/// Records that the money of an order has come in.
///
/// The same payment sent again changes nothing; there is no second one.
#[utoipa::path(
    post,
    path = "/orders/{id}/payment",
    operation_id = "record_payment",
    tag = "orders",
    params(("id" = OrderId, Path)),
    request_body = NewPayment,
    responses((status = 200, body = Order, description = "The order with its payment"), NotRecorded)
)]
pub async fn record_payment(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(id): Id<OrderId>,
    Body(body): Body<NewPayment>,
) -> Result<Json<Order>> {
    let payment = Payment::parse(&body, clock::day(clock::now()))?;
    let order = app.store.write(move |db| {
        let id = id.to_string();
        orders::record_payment(db, &actor, &id, &payment, clock::now())?;
        orders::order(db, &actor, &id, reader)
    });
    let order = order.await?;
    app.live.moved();
    Ok(Json(order))
}
