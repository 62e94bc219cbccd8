//! A merchant's own goods.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::Refusal;
use domain::goods::Status;
use domain::goods_sheet::{Comparison, GoodsSheet};
use domain::id::ProductId;
use domain::organisation::Actor;
use domain::sheet::{self, MOST_ROWS};
use domain::wire::{
    ChangedField, ChangedGoods, ChangedRow, GoodsApplied, GoodsChoices, GoodsItem, GoodsList, GoodsPreview, GoodsStep,
    NewGoods, RowProblem, StockChange,
};
use domain::{Language, say};
use serde::Deserialize;
use tracing::Instrument as _;
use utoipa::IntoParams;

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Body, Id, Params, Reader, page_size, whole_body};
use crate::error::{Error, Result};
use crate::store::Db;
use crate::store::goods::{self, Wanted};
use crate::{clock, id, spreadsheet};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// `draft`, `on_sale` or `withdrawn`.
    status: Option<String>,
    /// A part of name, pinyin or spec.
    q: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// At most 100.
    limit: Option<usize>,
}

fn status(code: Option<&str>) -> Result<Option<Status>> {
    let known = |code| {
        let refusal = || Refusal::field("status", say!("没有“{code}”这种状态", "There is no status “{code}”"));
        Status::from_code(code).ok_or_else(|| Error::from(refusal()))
    };
    code.map(known).transpose()
}

refusals! { NotListed: BadField }

/// The goods of one's own shop, the newest first, whatever their status.
#[utoipa::path(
    get,
    path = "/goods",
    operation_id = "list_goods",
    tag = "goods",
    params(ListParams),
    responses((status = 200, body = GoodsList, description = "A page, the counts of the shop, and its licences"), NotListed)
)]
pub async fn list(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Params(params): Params<ListParams>,
) -> Result<Json<GoodsList>> {
    let after = params.after.map(|after| {
        after.parse().map_err(|_| Refusal::field("after", say!("请从第一页重新翻", "Please begin at the first page")))
    });
    let wanted = Wanted {
        status: status(params.status.as_deref())?,
        words: params.q.unwrap_or_default(),
        after: after.transpose()?,
        limit: page_size(params.limit),
    };
    let today = clock::day(clock::now());
    Ok(Json(app.store.read(move |db| goods::list(db, &actor, &wanted, today)).await?))
}

/// What a form may choose among: counties and the shop's licences.
#[utoipa::path(
    get,
    path = "/goods/choices",
    operation_id = "see_goods_choices",
    tag = "goods",
    responses((status = 200, body = GoodsChoices, description = "In the reader's language"))
)]
pub async fn choices(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
) -> Result<Json<GoodsChoices>> {
    let today = clock::day(clock::now());
    Ok(Json(app.store.read(move |db| goods::choices(db, &actor, today, reader)).await?))
}

/// One of one's own goods, whatever its status.
#[utoipa::path(
    get,
    path = "/goods/{id}",
    operation_id = "see_goods",
    tag = "goods",
    params(("id" = ProductId, Path)),
    responses((status = 200, body = GoodsItem, description = "As it was written, and where it stands"))
)]
pub async fn one(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<ProductId>,
) -> Result<Json<GoodsItem>> {
    let today = clock::day(clock::now());
    Ok(Json(app.store.read(move |db| goods::one(db, &actor, &id.to_string(), today)).await?))
}

refusals! { NotCreated: BadField, IdTaken }

/// Adds a draft. The same body sent again changes nothing.
#[utoipa::path(
    post,
    path = "/goods",
    operation_id = "create_goods",
    tag = "goods",
    request_body = NewGoods,
    responses((status = 201, body = GoodsItem, description = "The draft"), NotCreated)
)]
pub async fn create(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Body(body): Body<NewGoods>,
) -> Result<(StatusCode, Json<GoodsItem>)> {
    let id = body.id;
    let command = move |db: &mut Db, actor: &Actor| goods::create(db, actor, body.id, &body.goods, clock::now());
    Ok((StatusCode::CREATED, changed(app, actor, id, command).await?))
}

refusals! { NotChanged: BadField, Overtaken }

/// Writes what was changed of a product. Orders that are placed keep what their lines say.
#[utoipa::path(
    put,
    path = "/goods/{id}",
    operation_id = "change_goods",
    tag = "goods",
    params(("id" = ProductId, Path)),
    request_body = ChangedGoods,
    responses((status = 200, body = GoodsItem, description = "The product as it is now"), NotChanged)
)]
pub async fn change(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<ProductId>,
    Body(body): Body<ChangedGoods>,
) -> Result<Json<GoodsItem>> {
    let command = move |db: &mut Db, actor: &Actor| goods::change(db, actor, &id.to_string(), &body, clock::now());
    changed(app, actor, id, command).await
}

refusals! { NotStepped: BadField, OutOfTurn, Overtaken }

/// Puts a product on sale, or withdraws it.
#[utoipa::path(
    post,
    path = "/goods/{id}/steps",
    operation_id = "step_goods",
    tag = "goods",
    params(("id" = ProductId, Path)),
    request_body = GoodsStep,
    responses((status = 200, body = GoodsItem, description = "The product as it is now"), NotStepped)
)]
pub async fn step(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<ProductId>,
    Body(body): Body<GoodsStep>,
) -> Result<Json<GoodsItem>> {
    let command = move |db: &mut Db, actor: &Actor| goods::step(db, actor, &id.to_string(), body, clock::now());
    changed(app, actor, id, command).await
}

/// Changes how many are available: by so many, or to so many if nothing moved since they were read.
#[utoipa::path(
    post,
    path = "/goods/{id}/stock",
    operation_id = "change_stock",
    tag = "goods",
    params(("id" = ProductId, Path)),
    request_body = StockChange,
    responses((status = 200, body = GoodsItem, description = "The product as it is now"), NotChanged)
)]
pub async fn change_stock(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<ProductId>,
    Body(body): Body<StockChange>,
) -> Result<Json<GoodsItem>> {
    let command = move |db: &mut Db, actor: &Actor| goods::change_stock(db, actor, &id.to_string(), body, clock::now());
    changed(app, actor, id, command).await
}

/// Runs a command and answers with the product.
async fn changed(
    app: App,
    actor: Actor,
    id: ProductId,
    command: impl Fn(&mut Db, &Actor) -> Result<()> + Send + Sync + 'static,
) -> Result<Json<GoodsItem>> {
    let command = move |db: &mut Db| {
        command(db, &actor)?;
        goods::one(db, &actor, &id.to_string(), clock::day(clock::now()))
    };
    Ok(Json(written(app, command).await?))
}

/// In a task of its own: what follows the commit must happen also when the one who asked hangs up meanwhile. The lists follow
/// before the answer, and other servers soon after.
pub(super) async fn written<T: Send + 'static>(
    app: App,
    command: impl Fn(&mut Db) -> Result<T> + Send + Sync + 'static,
) -> Result<T> {
    let writing = async move {
        let written = app.store.write(command).await?;
        // The change stands, whatever becomes of this: the next refresh makes up for it.
        if let Err(error) = app.catalogue.refresh(&app.store).await {
            tracing::error!(error = format!("{error:#}"), "the product list did not follow");
        }
        app.live.moved();
        Ok(written)
    };
    tokio::spawn(writing.in_current_span()).await.map_err(|error| Error::Broken(error.into()))?
}

// ---- the spreadsheet ----------------------------------------------------------------------------------------------

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SheetParams {
    /// Only the goods of this status.
    status: Option<String>,
}

refusals! { NotDownloaded: BadField, TooManyRows }

/// One's goods as a workbook, to be changed and sent back.
#[utoipa::path(
    get,
    path = "/goods/sheet.xlsx",
    operation_id = "download_goods",
    tag = "goods",
    params(SheetParams),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "A row for each product"), NotDownloaded)
)]
pub async fn sheet(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Params(params): Params<SheetParams>,
) -> Result<Response> {
    let status = status(params.status.as_deref())?;
    let read = move |db: &mut Db| Ok((goods::for_download(db, &actor, status)?, goods::counties(db, reader)?));
    let (goods, counties) = app.store.read(read).await?;
    let file = app.spreadsheets.write(move || spreadsheet::goods::workbook(&goods, &counties, reader)).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"goods.xlsx\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, file).into_response())
}

refusals! { NotRead: WrongFileType, FileProtected, FileDamaged, UnfoldsTooFar, TooManyRows, NoRows, NoHeader }

/// Says what a workbook of goods would change, and what is wrong in it. Nothing is stored.
///
/// The body is the file itself, as for `preview_delivery_list`.
#[utoipa::path(
    post,
    path = "/goods/sheet/preview",
    operation_id = "preview_goods",
    tag = "goods",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = GoodsPreview, description = "Every cell that differs, and every problem"), NotRead)
)]
pub async fn preview(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    request: Request,
) -> Result<Json<GoodsPreview>> {
    let sheet = received(&app, request).await?;
    let (comparison, digest) = app.store.read(move |db| goods::compared(db, &actor, &sheet, reader)).await?;
    Ok(Json(previewed(comparison, digest, reader)))
}

async fn received(app: &App, request: Request) -> Result<GoodsSheet> {
    let _place = app.spreadsheets.receive()?;
    let file = whole_body(request, app.limits.photo_timeout, sheet::too_heavy).await?;
    app.spreadsheets.read(file.into(), |sheets| Ok(GoodsSheet::find(&sheets)?)).await
}

fn previewed(comparison: Comparison, digest: String, reader: Language) -> GoodsPreview {
    let row = |change: domain::goods_sheet::Change| ChangedRow {
        row: change.row,
        name: change.form.name,
        new: change.id.is_none(),
        fields: change.fields.into_iter().map(|(field, before, after)| ChangedField { field, before, after }).collect(),
    };
    let problem = |it: domain::goods_sheet::Problem| RowProblem {
        row: it.row,
        field: it.field,
        sentence: it.sentence.to(reader).to_owned(),
    };
    GoodsPreview {
        changed: comparison.changes.into_iter().map(row).collect(),
        unchanged: comparison.unchanged,
        problems: comparison.problems.into_iter().map(problem).collect(),
        digest,
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApplyParams {
    /// Of the preview: exactly those changes are made.
    digest: String,
}

refusals! {
    NotApplied: BadField, Overtaken, WrongFileType, FileProtected, FileDamaged, UnfoldsTooFar, TooManyRows, NoRows, NoHeader
}

/// Applies a workbook that was previewed, wholly or not at all. New products become drafts.
#[utoipa::path(
    post,
    path = "/goods/sheet",
    operation_id = "apply_goods",
    tag = "goods",
    params(ApplyParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = GoodsApplied, description = "How many products were changed and added"), NotApplied)
)]
pub async fn apply(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Params(ApplyParams { digest }): Params<ApplyParams>,
    request: Request,
) -> Result<Json<GoodsApplied>> {
    let sheet = received(&app, request).await?;
    let ids: Vec<ProductId> = std::iter::repeat_with(|| ProductId(id::new())).take(MOST_ROWS).collect();
    let now = clock::now();
    let command = move |db: &mut Db| goods::apply(db, &actor, &sheet, &digest, &ids, now);
    Ok(Json(written(app, command).await?))
}
