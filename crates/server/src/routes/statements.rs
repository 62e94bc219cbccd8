//! A merchant's month: its invoices, as an answer and as a workbook.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::statement::Month;
use domain::wire::Statement;
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::auth::SignedIn;
use super::delivery_lists;
use super::extract::{Params, Reader};
use crate::clock;
use crate::error::Result;
use crate::spreadsheet::statement;
use crate::store::statements;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatementParams {
    /// `2026-11`; the present month when there is none.
    month: Option<String>,
}

impl StatementParams {
    fn month(&self) -> Result<Month> {
        match self.month.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => Ok(Month::parse(text)?),
            None => Ok(Month::of(clock::day(clock::now()))),
        }
    }
}

/// Every invoice of the month with its order, what took one back, and what is paid.
#[utoipa::path(
    get,
    path = "/statement",
    operation_id = "see_statement",
    tag = "desk",
    params(StatementParams),
    responses((status = 200, body = Statement, description = "The month's rows and their sums"))
)]
pub async fn one(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Params(params): Params<StatementParams>,
) -> Result<Json<Statement>> {
    let month = params.month()?;
    Ok(Json(app.store.read(move |db| statements::statement_of(db, &actor, month)).await?))
}

/// The same as a workbook.
#[utoipa::path(
    get,
    path = "/statement.xlsx",
    operation_id = "download_statement",
    tag = "desk",
    params(StatementParams),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "The month's rows and their sums"))
)]
pub async fn workbook(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Params(params): Params<StatementParams>,
) -> Result<Response> {
    let month = params.month()?;
    let told = app.store.read(move |db| statements::statement_of(db, &actor, month)).await?;
    let written = app.spreadsheets.write(move || statement::write(&told, reader)).await?;
    Ok(delivery_lists::workbook(&format!("statement-{month}.xlsx"), written))
}
