//! The papers of an order: what there is, each as data and as a workbook, and all of them as one archive.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::id::OrderId;
use domain::paper::PaperKind;
use domain::say;
use domain::wire::{Paper, Papers};

use super::App;
use super::attachments::disposition;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Id, Ids, Reader};
use crate::clock;
use crate::error::{Error, Result, not_found};
use crate::papers::{archive, contents};
use crate::spreadsheet::paper::workbook;
use crate::store::{Db, papers};

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What the file of an order is made of, and what is still missing.
#[utoipa::path(
    get,
    path = "/orders/{id}/papers",
    operation_id = "list_papers",
    tag = "orders",
    params(("id" = OrderId, Path)),
    responses((status = 200, body = Papers, description = "The papers that are made, then the files that are brought"))
)]
pub async fn list(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(id): Id<OrderId>,
) -> Result<Json<Papers>> {
    Ok(Json(app.store.read(move |db| papers::papers(db, &actor, &id.to_string(), reader)).await?))
}

refusals! { NotForThem: NotAllowed }

/// A paper as plain data, in Chinese: what is printed and what stands in the workbook.
#[utoipa::path(
    get,
    path = "/orders/{id}/papers/{paper}",
    operation_id = "see_paper",
    tag = "orders",
    params(("id" = OrderId, Path), ("paper" = PaperKind, Path)),
    responses((status = 200, body = Paper, description = "The paper"), NotForThem)
)]
pub async fn one(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Ids(id, paper): Ids<OrderId, String>,
) -> Result<Json<Paper>> {
    let kind = kind_of(&paper)?;
    Ok(Json(app.store.read(move |db| papers::paper(db, &actor, &id.to_string(), kind)).await?))
}

fn kind_of(code: &str) -> Result<PaperKind> {
    match PaperKind::from_code(code) {
        Some(kind) => Ok(kind),
        None => not_found(say!("这种单据", "This kind of paper")),
    }
}

refusals! { NotTaken: NotAllowed, Unsure }

/// A paper as a workbook of A4 pages. Who took it is kept.
#[utoipa::path(
    get,
    path = "/orders/{id}/papers/{paper}/paper.xlsx",
    operation_id = "download_paper",
    tag = "orders",
    params(("id" = OrderId, Path), ("paper" = PaperKind, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "The workbook"), NotTaken)
)]
pub async fn download(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Ids(id, paper): Ids<OrderId, String>,
) -> Result<Response> {
    let kind = kind_of(&paper)?;
    let command = move |db: &mut Db| papers::export(db, &actor, &id.to_string(), kind, clock::now());
    let paper = app.store.write(command).await?;
    let name = format!("{} {}.xlsx", paper.number, paper.title);
    let file = app.spreadsheets.write(move || workbook(&paper)).await?;
    Ok((headers(WORKBOOK, &name, "xlsx"), file).into_response())
}

fn headers(media_type: &'static str, name: &str, extension: &str) -> [(header::HeaderName, HeaderValue); 3] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, disposition(name, extension)),
        // It is for this reader alone, and no other may find it in the browser afterwards.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ]
}

refusals! { NotGiven: NotAllowed, Unsure }

/// All papers of an order, and the files that were brought to it, as one archive with a list of contents. Who took it is kept.
#[utoipa::path(
    get,
    path = "/orders/{id}/papers.zip",
    operation_id = "download_packet",
    tag = "orders",
    params(("id" = OrderId, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/zip", description = "The archive; its first entry lists the others and what is missing"), NotGiven)
)]
pub async fn packet(State(app): State<App>, SignedIn { actor, .. }: SignedIn, Id(id): Id<OrderId>) -> Result<Response> {
    let permit = app.packets.place()?;
    let now = clock::now();
    let packet = app.store.write(move |db: &mut Db| papers::packet(db, &actor, &id.to_string(), now)).await?;
    let name = format!("{} 报销材料.zip", packet.number);
    let folder = app.attachments.folder().to_owned();
    let contents = tokio::task::spawn_blocking(move || contents(&packet, &folder, now));
    let contents = contents.await.map_err(|error| Error::Broken(error.into()))??;
    let body = Body::from_stream(archive(contents, permit));
    Ok((headers("application/zip", &name, "zip"), body).into_response())
}
