//! The monthly bulletin, on the screen and as a document.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::wire::Bulletin;
use domain::{Language, Refusal, say};
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::attachments::disposition;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Params, Reader};
use super::tally::year_or_this;
use crate::clock;
use crate::docx;
use crate::error::{Error, Result};
use crate::store::{Db, audit, bulletins};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BulletinParams {
    year: Option<i16>,
    /// It tells of January to this month; the present one when there is none.
    month: Option<i8>,
}

impl BulletinParams {
    fn read(&self) -> Result<(i16, i8)> {
        let month = match self.month {
            Some(month @ 1..=12) => month,
            None => clock::day(clock::now()).month(),
            Some(month) => {
                let sentence = say!("月份是 1 到 12，不是 {month}", "Months are 1 to 12, not {month}");
                return Err(Refusal::field("month", sentence).into());
            }
        };
        Ok((year_or_this(self.year)?, month))
    }
}

refusals! { NotShown: NotAllowed, BadField }

/// The bulletin of January to a month, in the reader's language; every number names the entries it is made of.
#[utoipa::path(
    get,
    path = "/bulletin",
    operation_id = "see_bulletin",
    tag = "bulletin",
    params(BulletinParams),
    responses((status = 200, body = Bulletin, description = "Its sentences, its table, and the figures behind them"), NotShown)
)]
pub async fn one(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Params(params): Params<BulletinParams>,
) -> Result<Json<Bulletin>> {
    let (year, month) = params.read()?;
    Ok(Json(app.store.read(move |db| bulletins::of(db, &actor, year, month, clock::now(), reader)).await?))
}

refusals! { NotGiven: NotAllowed, BadField, Unsure }

/// The same as a document for Word and WPS, in Chinese whoever reads. Who took it is kept.
#[utoipa::path(
    get,
    path = "/bulletin.docx",
    operation_id = "download_bulletin",
    tag = "bulletin",
    params(BulletinParams),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", description = "The document"), NotGiven)
)]
pub async fn document(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Params(params): Params<BulletinParams>,
) -> Result<Response> {
    let (year, month) = params.read()?;
    let command = move |db: &mut Db| {
        let now = clock::now();
        let bulletin = bulletins::of(db, &actor, year, month, now, Language::Zh)?;
        audit::record(db, Some(&actor), "export", "bulletin", &format!("docx year={year} month={month}"), now)?;
        Ok(bulletin)
    };
    let bulletin = app.store.write(command).await?;
    let file = docx::document(&bulletin).map_err(|error| Error::Broken(error.into()))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(docx::MEDIA_TYPE)),
        (header::CONTENT_DISPOSITION, disposition(&format!("{}.docx", bulletin.title), "docx")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, file).into_response())
}
