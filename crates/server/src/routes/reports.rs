//! Reports of sales made elsewhere: from the form or spreadsheet of who sold to the coordinator's decision.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::attachment::{self, AttachmentKind, FileFormat};
use domain::id::{EvidenceId, PairId, ReportId};
use domain::order::parse_reason;
use domain::organisation::Actor;
use domain::report::{self, Decision, Places, Report, ReportState};
use domain::report_sheet::{SalesSheet, check_row};
use domain::sheet::{self, MOST_ROWS};
use domain::wire::{
    self, EvidenceList, NewReport, PairVerdict, ReportChoices, ReportDecision, Reports, SalesPreview, SalesProblem,
    SalesRow, SalesRows,
};
use domain::{Code, Language, Money, Refusal, say};
use jiff::civil::Date;
use serde::Deserialize;
use tracing::Instrument as _;
use utoipa::IntoParams;

use super::App;
use super::attachments::disposition;
use super::auth::SignedIn;
use super::delivery_lists::workbook;
use super::document::refusals;
use super::extract::{Body, Id, Ids, ListBody, Params, Reader, page_size, parse, whole_body};
use super::orders::hash_of;
use crate::error::{Error, Result};
use crate::spreadsheet::sales;
use crate::store::Db;
use crate::store::reports::{self, Added, Cursor, NewEvidence, Submitted};
use crate::{clock, id};

// ---- lists --------------------------------------------------------------------------------------------------------

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Those in this state alone.
    state: Option<ReportState>,
    /// The cursor of the page before.
    after: Option<String>,
    limit: Option<usize>,
}

impl ListParams {
    fn cursor(&self) -> Result<Option<Cursor>> {
        let Some(text) = self.after.as_deref() else { return Ok(None) };
        let read = text
            .split_once('.')
            .and_then(|(at, number)| Some(Cursor { submitted_at_ms: at.parse().ok()?, number: number.to_owned() }));
        let refusal = || {
            Refusal::field(
                "after",
                say!("翻页位置不对，请从第一页重新看", "This is no place in the list; begin with the first page"),
            )
        };
        read.map(Some).ok_or_else(|| refusal().into())
    }
}

/// The reports the reader may see: their organisation's own, their district's, or the city's.
#[utoipa::path(
    get,
    path = "/reports",
    operation_id = "list_reports",
    tag = "reports",
    params(ListParams),
    responses((status = 200, body = Reports, description = "Newest first"))
)]
pub async fn list(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Params(params): Params<ListParams>,
) -> Result<Json<Reports>> {
    let (state, after, limit) = (params.state, params.cursor()?, page_size(params.limit));
    let page = app.store.read(move |db| reports::list(db, &actor, state, after.as_ref(), limit)).await?;
    let next = page.next.map(|Cursor { submitted_at_ms, number }| format!("{submitted_at_ms}.{number}"));
    Ok(Json(Reports { items: page.items, next, counts: page.counts }))
}

/// A report with its lines, evidence, history and possible doubles.
#[utoipa::path(
    get,
    path = "/reports/{id}",
    operation_id = "see_report",
    tag = "reports",
    params(("id" = ReportId, Path)),
    responses((status = 200, body = wire::Report, description = "The report"))
)]
pub async fn one(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(id): Id<ReportId>,
) -> Result<Json<wire::Report>> {
    Ok(Json(app.store.read(move |db| reports::report(db, &actor, &id.to_string(), reader)).await?))
}

/// What a report's form may choose among.
#[utoipa::path(
    get,
    path = "/reports/choices",
    operation_id = "see_report_choices",
    tag = "reports",
    responses((status = 200, body = ReportChoices, description = "Counties, districts, buyers and sellers"))
)]
pub async fn choices(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
) -> Result<Json<ReportChoices>> {
    Ok(Json(app.store.read(move |db| reports::choices(db, &actor, reader)).await?))
}

// ---- submitting ---------------------------------------------------------------------------------------------------

refusals! {
    NotSubmitted: NotAllowed, BadField, NotFound, OutOfTurn, IdTaken, AmountUnusual, TooManyRows
}

/// Submits a report, the first time or once more after it was returned: all of it or nothing.
///
/// The same body sent again is answered the same and changes nothing. Its evidence has been sent before.
#[utoipa::path(
    post,
    path = "/reports",
    operation_id = "submit_report",
    tag = "reports",
    request_body = NewReport,
    responses(
        (status = 201, body = wire::Report, description = "The report"),
        (status = 200, body = wire::Report, description = "It was submitted before"),
        NotSubmitted
    )
)]
pub async fn submit(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    ListBody(body): ListBody<NewReport>,
) -> Result<(StatusCode, Json<wire::Report>)> {
    let report = Report::parse(&body, clock::day(clock::now()))?;
    let hash = hash_of(&body)?;
    let command = move |db: &mut Db| {
        let submitted = reports::submit(db, &actor, &report, &hash, clock::now())?;
        Ok((submitted, reports::report(db, &actor, &report.id.to_string(), reader)?))
    };
    let (submitted, report) = app.store.write(command).await?;
    let status = if submitted == Submitted::Now { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(report)))
}

// ---- evidence -----------------------------------------------------------------------------------------------------

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadParams {
    /// Its name, as its sender has it; what does not belong into a name is left out.
    #[serde(default)]
    name: String,
}

refusals! { NotAdded: NotAllowed, OutOfTurn, BadAttachment, TooManyAttachments }

/// Adds a file that shows a sale, before the report is submitted under the same identifier or while it is returned.
///
/// The body is the file itself: JPEG, PNG, WebP, PDF or xlsx of at most 12 MB. What it is, its content says; its `Content-Type` and
/// the ending of its name are not looked at. The same file again changes nothing.
#[utoipa::path(
    post,
    path = "/reports/{id}/evidence",
    operation_id = "add_evidence",
    tag = "reports",
    params(("id" = ReportId, Path), UploadParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = EvidenceList, description = "All files of the report, the new one last"),
        (status = 200, body = EvidenceList, description = "The file was there already"),
        NotAdded
    )
)]
pub async fn add_evidence(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<ReportId>,
    Params(UploadParams { name }): Params<UploadParams>,
    request: Request,
) -> Result<(StatusCode, Json<EvidenceList>)> {
    let (report_id, sender) = (id.to_string(), actor.clone());
    // Asked before megabytes are received, and again where they are kept.
    app.store.read(move |db| reports::check_may_add(db, &sender, &report_id)).await?;
    let place = app.attachments.receive()?;
    let file = whole_body(request, app.limits.photo_timeout, attachment::too_heavy).await?.into();
    // In a task of its own: a file that is on the disk gets its row also when the one who asked hangs up meanwhile.
    let keeping = async move {
        let _place = place;
        keep(app, actor, id, name, file).await
    };
    let keeping = tokio::spawn(keeping.in_current_span());
    let (added, evidence) = keeping.await.map_err(|error| Error::Broken(error.into()))??;
    let status = if added == Added::New { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(evidence)))
}

async fn keep(app: App, actor: Actor, id: ReportId, name: String, file: Vec<u8>) -> Result<(Added, EvidenceList)> {
    let kept = app.attachments.keep(file, AttachmentKind::Other, &name).await?;
    if kept.format == FileFormat::Docx {
        let sentence = say!(
            "佐证收照片、PDF 和 xlsx；Word 文档请另存为 PDF 再传",
            "Evidence is a photo, a PDF or xlsx; please save the document as PDF and send that"
        );
        return Err(Refusal::new(Code::BadAttachment, sentence).into());
    }
    let (new, report_id) = (NewEvidence { id: EvidenceId(id::new()), kept }, id.to_string());
    let command = move |db: &mut Db| {
        let added = reports::add_evidence(db, &actor, &report_id, &new, clock::now())?;
        Ok((added, reports::evidence_of(db, &actor, &report_id)?))
    };
    app.store.write(command).await
}

refusals! { NotRemoved: NotAllowed, OutOfTurn }

/// Takes a file away before the report is submitted, or while it is returned. One that is gone already is as good as removed.
#[utoipa::path(
    delete,
    path = "/reports/{id}/evidence/{evidence}",
    operation_id = "remove_evidence",
    tag = "reports",
    params(("id" = ReportId, Path), ("evidence" = EvidenceId, Path)),
    responses((status = 204, description = "It is gone"), NotRemoved)
)]
pub async fn remove_evidence(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Ids(id, evidence): Ids<ReportId, EvidenceId>,
) -> Result<StatusCode> {
    let (id, evidence) = (id.to_string(), evidence.to_string());
    app.store.write(move |db| reports::remove_evidence(db, &actor, &id, &evidence, clock::now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The content of a file, to be saved and never to be shown as a page.
#[utoipa::path(
    get,
    path = "/reports/{id}/evidence/{evidence}",
    operation_id = "see_evidence",
    tag = "reports",
    params(("id" = ReportId, Path), ("evidence" = EvidenceId, Path)),
    responses((
        status = 200,
        description = "The file",
        content(
            (Vec<u8> = "application/pdf"),
            (Vec<u8> = "image/jpeg"),
            (Vec<u8> = "image/png"),
            (Vec<u8> = "image/webp"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        )
    ))
)]
pub async fn evidence(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Ids(id, evidence): Ids<ReportId, EvidenceId>,
) -> Result<Response> {
    let find = move |db: &mut Db| reports::one_evidence(db, &actor, &id.to_string(), &evidence.to_string());
    let found = app.store.read(find).await?;
    let content = app.attachments.content(&found.sha256).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(found.format.media_type())),
        (header::CONTENT_DISPOSITION, disposition(&found.name, found.format.code())),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, content).into_response())
}

// ---- spreadsheets -------------------------------------------------------------------------------------------------

refusals! { NotRead: WrongFileType, FileProtected, FileDamaged, UnfoldsTooFar, TooManyRows, NoRows, NoHeader }

/// Reads sales from a spreadsheet and says what is wrong with them. Nothing is stored.
///
/// The body is the file itself: xlsx, xls, ods or csv of at most 12 MB. What it is, its content says.
#[utoipa::path(
    post,
    path = "/reports/sheet/preview",
    operation_id = "preview_sales",
    tag = "reports",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = SalesPreview, description = "The rows, and what is wrong with them"), NotRead)
)]
pub async fn preview(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    request: Request,
) -> Result<Json<SalesPreview>> {
    let places = places(&app, actor, reader).await?;
    let _place = app.spreadsheets.receive()?;
    let file = whole_body(request, app.limits.photo_timeout, sheet::too_heavy).await?;
    let today = clock::day(clock::now());
    let make = move |sheets: Vec<_>| Ok(previewed(SalesSheet::find(&sheets)?, &places, today, reader));
    Ok(Json(app.spreadsheets.read(file.into(), make).await?))
}

async fn places(app: &App, actor: Actor, reader: Language) -> Result<Places> {
    let ReportChoices { counties, districts, .. } =
        app.store.read(move |db| reports::choices(db, &actor, reader)).await?;
    Ok(Places { counties, districts })
}

fn previewed(found: SalesSheet, places: &Places, today: Date, reader: Language) -> SalesPreview {
    let (good, problems) = checked(&found.rows, places, today, reader);
    SalesPreview {
        sheet: found.sheet,
        header_row: found.header_row,
        columns: found.columns,
        problems,
        left_out: found.left_out,
        good: good.len() as i64,
        amount_fen: Money::checked_sum(good).unwrap_or(Money::LIMIT),
        rows: found.rows,
    }
}

/// The amounts of the good rows, and what is to be said of the others.
fn checked(rows: &[SalesRow], places: &Places, today: Date, reader: Language) -> (Vec<Money>, Vec<SalesProblem>) {
    let (mut good, mut problems) = (Vec::new(), Vec::new());
    for row in rows {
        match check_row(row, |_| String::new(), places, today) {
            Ok(line) => good.push(line.amount_fen),
            Err(wrong) => problems.extend(wrong.into_iter().map(|report::FieldError { field, sentence }| {
                SalesProblem { row: row.row, field, sentence: sentence.to(reader).to_owned() }
            })),
        }
    }
    (good, problems)
}

refusals! { NotMarked: BadField, TooManyRows }

/// The rows as a spreadsheet, every wrong cell coloured, and a column that says what is wrong. Nothing is stored.
#[utoipa::path(
    post,
    path = "/reports/sheet/marked",
    operation_id = "mark_sales",
    tag = "reports",
    request_body = SalesRows,
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "The marked table"), NotMarked)
)]
pub async fn marked(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    request: Request,
) -> Result<Response> {
    let places = places(&app, actor, reader).await?;
    let _place = app.spreadsheets.receive()?;
    let body = whole_body(request, app.limits.photo_timeout, sheet::too_heavy).await?;
    let SalesRows { rows } = parse(&body)?;
    if rows.len() > MOST_ROWS {
        return Err(sheet::too_many_rows().into());
    }
    let today = clock::day(clock::now());
    let written = app.spreadsheets.write(move || {
        let (_, problems) = checked(&rows, &places, today, reader);
        sales::marked(&rows, &problems, reader)
    });
    Ok(workbook("marked.xlsx", written.await?))
}

/// An empty table to fill in, with an example and a sheet that explains.
#[utoipa::path(
    get,
    path = "/reports/template.xlsx",
    operation_id = "download_sales_template",
    tag = "reports",
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "The template"))
)]
pub async fn template(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
) -> Result<Response> {
    let places = places(&app, actor, reader).await?;
    Ok(workbook("template.xlsx", app.spreadsheets.write(move || sales::template(&places, reader)).await?))
}

// ---- deciding -----------------------------------------------------------------------------------------------------

refusals! {
    NotDecided: NotAllowed, SamePerson, OutOfTurn, PairsOpen, SaidSame, ReasonNeeded, BadField
}

/// Recognises a report, whose lines become entries of the ledger, or returns it with a reason. Never by whoever reported it.
#[utoipa::path(
    post,
    path = "/reports/{id}/decision",
    operation_id = "decide_report",
    tag = "reports",
    params(("id" = ReportId, Path)),
    request_body = ReportDecision,
    responses((status = 200, body = wire::Report, description = "The report as it stands now"), NotDecided)
)]
pub async fn decide(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(id): Id<ReportId>,
    Body(body): Body<ReportDecision>,
) -> Result<Json<wire::Report>> {
    let decision = Decision::parse(&body)?;
    // In a task of its own: what follows the commit must happen also when the one who asked hangs up meanwhile.
    let deciding = async move {
        let command = move |db: &mut Db| {
            reports::decide(db, &actor, &id.to_string(), &decision, clock::now())?;
            reports::report(db, &actor, &id.to_string(), reader)
        };
        let report = app.store.write(command).await?;
        app.live.moved();
        Ok(Json(report))
    };
    tokio::spawn(deciding.in_current_span()).await.map_err(|error| Error::Broken(error.into()))?
}

refusals! { NotSaid: NotAllowed, SamePerson, OutOfTurn, AlreadyDecided, ReasonNeeded, BadField }

/// Says of a possible double whether it is the same sale. What was said is kept for ever.
#[utoipa::path(
    post,
    path = "/reports/{id}/pairs/{pair}",
    operation_id = "decide_pair",
    tag = "reports",
    params(("id" = ReportId, Path), ("pair" = PairId, Path)),
    request_body = PairVerdict,
    responses((status = 200, body = wire::Report, description = "The report as it stands now"), NotSaid)
)]
pub async fn decide_pair(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Ids(id, pair): Ids<ReportId, PairId>,
    Body(PairVerdict { verdict, reason }): Body<PairVerdict>,
) -> Result<Json<wire::Report>> {
    let reason = parse_reason(&reason)?;
    let command = move |db: &mut Db| {
        let (report_id, pair_id) = (id.to_string(), pair.to_string());
        reports::decide_pair(db, &actor, &report_id, &pair_id, (verdict, &reason), clock::now())?;
        reports::report(db, &actor, &report_id, reader)
    };
    Ok(Json(app.store.write(command).await?))
}
