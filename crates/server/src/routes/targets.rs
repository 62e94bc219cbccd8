//! The year's targets: seen, set one by one, and taken from a task sheet.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::Language;
use domain::sheet;
use domain::target_sheet::{Change, Problem, TargetSheet as ReadSheet};
use domain::wire::{NewTarget, TargetChange, TargetPreview, TargetProblem, TargetSheet, TargetsTaken};
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::auth::SignedIn;
use super::delivery_lists::workbook;
use super::document::refusals;
use super::extract::{Body, Params, Reader, whole_body};
use super::tally::year_or_this;
use crate::clock;
use crate::error::Result;
use crate::spreadsheet;
use crate::store::{Db, targets};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct YearParams {
    pub year: Option<i16>,
}

/// The targets of a year with all their versions, and how the parts stand to the whole.
#[utoipa::path(
    get,
    path = "/targets",
    operation_id = "list_targets",
    tag = "targets",
    params(YearParams),
    responses((status = 200, body = TargetSheet, description = "The task sheet"))
)]
pub async fn list(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Params(params): Params<YearParams>,
) -> Result<Json<TargetSheet>> {
    let year = year_or_this(params.year)?;
    Ok(Json(app.store.read(move |db| targets::sheet(db, &actor, year, clock::now(), reader)).await?))
}

refusals! { NotSet: BadField, Overtaken, Unsure }

/// Adds a version of one target. None is ever edited; the same body sent again changes nothing.
#[utoipa::path(
    post,
    path = "/targets",
    operation_id = "set_target",
    tag = "targets",
    request_body = NewTarget,
    responses((status = 201, body = TargetSheet, description = "The task sheet with it"), NotSet)
)]
pub async fn set(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Body(body): Body<NewTarget>,
) -> Result<(StatusCode, Json<TargetSheet>)> {
    let command = move |db: &mut Db| {
        let now = clock::now();
        targets::set(db, &actor, &body, now)?;
        targets::sheet(db, &actor, body.year, now, reader)
    };
    let sheet = app.store.write(command).await?;
    app.live.moved();
    Ok((StatusCode::CREATED, Json(sheet)))
}

/// A task sheet to fill in, with what is in force.
#[utoipa::path(
    get,
    path = "/targets/template.xlsx",
    operation_id = "download_target_template",
    tag = "targets",
    params(YearParams),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "The template"))
)]
pub async fn template(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Params(params): Params<YearParams>,
) -> Result<Response> {
    let year = year_or_this(params.year)?;
    let sheet = app.store.read(move |db| targets::sheet(db, &actor, year, clock::now(), reader)).await?;
    let written = app.spreadsheets.write(move || spreadsheet::targets::template(&sheet, reader)).await?;
    Ok(workbook(&format!("targets-{year}.xlsx"), written))
}

refusals! { NotRead: WrongFileType, FileProtected, FileDamaged, UnfoldsTooFar, TooManyRows, NoRows, NoHeader }

/// Says what a task sheet would change, and what is wrong in it. Nothing is stored.
///
/// The body is the file itself, as for `preview_delivery_list`.
#[utoipa::path(
    post,
    path = "/targets/sheet/preview",
    operation_id = "preview_targets",
    tag = "targets",
    params(YearParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = TargetPreview, description = "Every difference, every problem, and the sums"), NotRead)
)]
pub async fn preview(
    State(app): State<App>,
    Reader(reader): Reader,
    Params(params): Params<YearParams>,
    request: Request,
) -> Result<Json<TargetPreview>> {
    let year = year_or_this(params.year)?;
    let sheet = received(&app, year, request).await?;
    Ok(Json(app.store.read(move |db| previewed(db, year, &sheet, reader)).await?))
}

async fn received(app: &App, year: i16, request: Request) -> Result<ReadSheet> {
    let _place = app.spreadsheets.receive()?;
    let file = whole_body(request, app.limits.photo_timeout, sheet::too_heavy).await?;
    // A sheet may be in either language, whoever sends it; the names of both are known.
    let known = app.store.read(|db| targets::bound(db, Language::Zh)).await?;
    app.spreadsheets.read(file.into(), move |sheets| Ok(ReadSheet::find(&sheets, year, &known)?)).await
}

fn previewed(db: &mut Db, year: i16, sheet: &ReadSheet, reader: Language) -> Result<TargetPreview> {
    let names = targets::bound(db, reader)?;
    let compared = targets::compared(db, year, sheet)?;
    let change = |Change { target, before, .. }: Change| {
        let bound = names.iter().find(|bound| bound.scope == target.scope && bound.key == target.key);
        TargetChange {
            sheet: target.sheet,
            row: target.row,
            scope: target.scope,
            name: bound.and_then(|bound| bound.names.first().cloned()).unwrap_or_default(),
            before_fen: before,
            after_fen: target.amount,
        }
    };
    let problem = |it: &Problem| TargetProblem {
        sheet: it.sheet.clone(),
        row: it.row,
        column: it.column,
        sentence: it.sentence.to(reader).to_owned(),
    };
    Ok(TargetPreview {
        year,
        changed: compared.changes.into_iter().map(change).collect(),
        unchanged: compared.unchanged,
        left_out: sheet.left_out,
        problems: sheet.problems.iter().map(problem).collect(),
        sums: compared.sums,
        digest: compared.digest,
    })
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TakeParams {
    year: i16,
    /// Of the preview: exactly those changes are made.
    digest: String,
    /// Number of the document that sets these targets.
    document: String,
}

refusals! {
    NotTaken: BadField, Overtaken, WrongFileType, FileProtected, FileDamaged, UnfoldsTooFar, TooManyRows, NoRows, NoHeader, Unsure
}

/// Takes a task sheet that was previewed, wholly or not at all: each difference becomes another version.
#[utoipa::path(
    post,
    path = "/targets/sheet",
    operation_id = "take_targets",
    tag = "targets",
    params(TakeParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = TargetsTaken, description = "How many versions were added"), NotTaken)
)]
pub async fn take(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Params(TakeParams { year, digest, document }): Params<TakeParams>,
    request: Request,
) -> Result<Json<TargetsTaken>> {
    let year = year_or_this(Some(year))?;
    let sheet = received(&app, year, request).await?;
    let now = clock::now();
    let command = move |db: &mut Db| targets::take_sheet(db, &actor, year, &sheet, &digest, &document, now);
    let taken = app.store.write(command).await?;
    app.live.moved();
    Ok(Json(taken))
}
