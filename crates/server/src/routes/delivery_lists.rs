//! Delivery lists: from an office's spreadsheet to rows that can be corrected, and back to a spreadsheet that says what is wrong.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::delivery_list::{DeliveryList, Point, Purpose, Recipient, check_row, points, repeated, same_person};
use domain::sheet::{self, MOST_ROWS};
use domain::wire::{CellProblem, ListPoint, ListPreview, ListRow, ListRows};
use domain::{Language, Refusal, say};
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::document::refusals;
use super::extract::{Params, Reader, parse, whole_body};
use crate::error::Result;
use crate::spreadsheet::write;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// `delivery`, which is what is meant when nothing is said, or `roster`.
    purpose: Option<String>,
}

impl ListParams {
    fn purpose(&self) -> Result<Purpose> {
        let Some(code) = self.purpose.as_deref() else { return Ok(Purpose::Delivery) };
        let refusal = || Refusal::field("purpose", say!("没有“{code}”这种名单", "There is no list for “{code}”"));
        Purpose::from_code(code).ok_or_else(|| refusal().into())
    }
}

refusals! { NotRead: WrongFileType, FileProtected, FileDamaged, UnfoldsTooFar, TooManyRows, NoRows, NoHeader }

/// Reads a list of people from a spreadsheet and says what is wrong with it. Nothing is stored.
///
/// The body is the file itself: xlsx, xls, ods or csv of at most 12 MB. What it is, its content says; neither its name nor its
/// `Content-Type` is looked at.
#[utoipa::path(
    post,
    path = "/delivery-lists/preview",
    operation_id = "preview_delivery_list",
    tag = "orders",
    params(ListParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ListPreview, description = "The rows, what is wrong with them, and the points they make"), NotRead)
)]
pub async fn preview(
    State(app): State<App>,
    Reader(reader): Reader,
    Params(params): Params<ListParams>,
    request: Request,
) -> Result<Json<ListPreview>> {
    let purpose = params.purpose()?;
    let _place = app.spreadsheets.receive()?;
    let file = whole_body(request, app.limits.photo_timeout, sheet::too_heavy).await?;
    let make = move |sheets: Vec<_>| Ok(previewed(DeliveryList::find(&sheets, purpose)?, purpose, reader));
    Ok(Json(app.spreadsheets.read(file.into(), make).await?))
}

fn previewed(list: DeliveryList, purpose: Purpose, reader: Language) -> ListPreview {
    let (people, errors, warnings) = checked(&list.rows, purpose, &[], reader);
    let people: Vec<Recipient> = people.into_iter().map(|(_, person)| person).collect();
    let points = if purpose == Purpose::Delivery { points(&people) } else { Vec::new() };
    ListPreview {
        sheet: list.sheet,
        header_row: list.header_row,
        columns: list.columns,
        errors,
        warnings,
        points: points.into_iter().map(told).collect(),
        left_out: list.left_out,
        computed: list.computed,
        rows: list.rows,
    }
}

fn told(point: Point) -> ListPoint {
    let Point { address, contact, phone, people, sets } = point;
    ListPoint { address, contact, phone, people: people.len() as i64, sets }
}

/// The people of the good rows, and what is to be said of the others.
fn checked(
    rows: &[ListRow],
    purpose: Purpose,
    bundles: &[String],
    reader: Language,
) -> (Vec<(i64, Recipient)>, Vec<CellProblem>, Vec<CellProblem>) {
    let (mut people, mut errors) = (Vec::new(), Vec::new());
    for row in rows {
        match check_row(row, purpose, bundles) {
            Ok(person) => people.push((row.row, person)),
            Err(wrong) => errors.extend(wrong.into_iter().map(|it| CellProblem {
                row: row.row,
                column: it.column,
                sentence: it.sentence.to(reader).to_owned(),
            })),
        }
    }
    let again = repeated(people.iter().map(|(row, person)| (*row, person)));
    let warning = |(row, first)| CellProblem {
        row,
        column: domain::delivery_list::Column::Name,
        sentence: same_person(first).to(reader).to_owned(),
    };
    (people, errors, again.into_iter().map(warning).collect())
}

refusals! { NotMarked: BadField, TooManyRows }

/// The rows as a spreadsheet, every wrong cell coloured, and a column that says what is wrong. Nothing is stored.
#[utoipa::path(
    post,
    path = "/delivery-lists/marked",
    operation_id = "mark_delivery_list",
    tag = "orders",
    params(ListParams),
    request_body = ListRows,
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "The marked list"), NotMarked)
)]
pub async fn marked(
    State(app): State<App>,
    Reader(reader): Reader,
    Params(params): Params<ListParams>,
    request: Request,
) -> Result<Response> {
    let purpose = params.purpose()?;
    let _place = app.spreadsheets.receive()?;
    let body = whole_body(request, app.limits.photo_timeout, sheet::too_heavy).await?;
    let ListRows { rows, bundles } = parse(&body)?;
    if rows.len() > MOST_ROWS {
        return Err(sheet::too_many_rows().into());
    }
    let written = app.spreadsheets.write(move || {
        let (_, errors, warnings) = checked(&rows, purpose, &bundles, reader);
        write::marked(&rows, &errors, &warnings, reader)
    });
    Ok(workbook("marked.xlsx", written.await?))
}

/// An empty list to fill in, with examples and a sheet that explains.
#[utoipa::path(
    get,
    path = "/delivery-lists/template.xlsx",
    operation_id = "download_delivery_list_template",
    tag = "orders",
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "The template"))
)]
pub async fn template(State(app): State<App>, Reader(reader): Reader) -> Result<Response> {
    Ok(workbook("template.xlsx", app.spreadsheets.write(move || write::template(reader)).await?))
}

pub(super) fn workbook(name: &str, file: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, file).into_response()
}
