//! Tables that leave the market, as workbooks and as csv. What is long is sent while it is read; each is kept in the audit trail.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use domain::export::{Breakdown, Format, Head, Table};
use domain::organisation::Actor;
use domain::{Language, Refusal, say};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::App;
use super::attachments::disposition;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Id, Ids, Name, Params, Reader};
use super::targets::YearParams;
use super::{orders, sales, tally};
use crate::clock;
use crate::error::{Error, Result, not_found};
use crate::pieces::{self, Pieces};
use crate::spreadsheet::table::{Drawing, draw};
use crate::store::exports::{self, LedgerExport};
use crate::store::orders::{Cursor, Filter as OrderFilter};
use crate::store::{Db, Store};

fn format(code: &str) -> Result<Format> {
    Format::from_code(code).ok_or_else(|| {
        let sentence =
            say!("没有“{code}”这种格式，请选 xlsx 或 csv", "There is no format “{code}”; choose xlsx or csv");
        Refusal::field("format", sentence).into()
    })
}

/// What a person filtered by, as it stands in the address.
fn told(uri: &Uri) -> String {
    uri.query().unwrap_or_default().to_owned()
}

fn headers(head: &Head, format: Format) -> HeaderMap {
    let media_type = match format {
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Format::Csv => "text/csv; charset=utf-8",
    };
    let name = format!("{}.{}", head.file_name(), format.code());
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, disposition(&name, format.code())),
        // It is for this reader alone, and no other may find it in the browser afterwards.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ])
}

async fn whole(table: Table, format: Format) -> Result<Response> {
    let headers = headers(&table.head, format);
    let drawn = tokio::task::spawn_blocking(move || draw(table, format));
    let file =
        drawn.await.map_err(|error| Error::Broken(error.into()))?.map_err(|error| Error::Broken(error.into()))?;
    Ok((headers, file).into_response())
}

// ---- the ledger ---------------------------------------------------------------------------------------------------

refusals! { NotGiven: NotAllowed, BadField, TooManyEntries, Busy, Unsure }

/// The entries of the ledger that match, in its order, with everything their hashes are made of. As csv it is sent while it is
/// read, however long it is; a workbook has at most 1,048,576 rows. Who took it is kept.
#[utoipa::path(
    get,
    path = "/sales/export/{format}",
    operation_id = "export_sales",
    tag = "exports",
    params(("format" = inline(Format), Path), sales::ListParams),
    responses(
        (status = 200, description = "The table", content(
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "text/csv; charset=utf-8")
        )),
        NotGiven
    )
)]
pub async fn ledger(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(Name(wanted)): Id<Name>,
    uri: Uri,
    Params(params): Params<sales::ListParams>,
) -> Result<Response> {
    let format = format(&wanted)?;
    let (filter, told) = (params.filter()?, told(&uri));
    let permit = app.packets.place()?;
    let begin = move |db: &mut Db| exports::ledger(db, &actor, &filter, format, &told, clock::now(), reader);
    let export = app.store.write(begin).await?;
    let headers = headers(&export.head, format);
    let store = app.store.clone();
    Ok((headers, streamed(permit, move |pieces, handle| write_ledger(export, format, &store, &handle, pieces)))
        .into_response())
}

/// Sends what a thread writes; it asks the store stretch by stretch, so that no question lasts.
fn streamed(
    permit: OwnedSemaphorePermit,
    write: impl FnOnce(Pieces, Handle) -> Result<(), anyhow::Error> + Send + 'static,
) -> Body {
    let handle = Handle::current();
    Body::from_stream(pieces::stream("an export", permit, move |pieces| write(pieces, handle)))
}

fn write_ledger(
    export: LedgerExport,
    format: Format,
    store: &Store,
    handle: &Handle,
    pieces: Pieces,
) -> Result<(), anyhow::Error> {
    let (left, export) = (pieces.watch(), Arc::new(export));
    let mut drawing = Drawing::begin(export.head.clone(), format, pieces)?;
    let mut after = export.walk.from;
    // A workbook sends nothing before its end: whoever has gone meanwhile is not worked for.
    while !left.has_left() {
        let export = Arc::clone(&export);
        let read = store.look_up(move |db| export.stretch(db, after));
        let Some((rows, next)) = handle.block_on(read).map_err(Error::into_fault)? else { break };
        rows.iter().try_for_each(|row| drawing.row(row))?;
        after = next;
    }
    Ok(drawing.end()?)
}

// ---- the dashboard ------------------------------------------------------------------------------------------------

refusals! { NotTold: NotAllowed, BadField, Unsure }

/// The dashboard's sum taken apart one way, as a table. Who took it is kept.
#[utoipa::path(
    get,
    path = "/tally/{breakdown}/export/{format}",
    operation_id = "export_tally",
    tag = "exports",
    params(("breakdown" = inline(Breakdown), Path), ("format" = inline(Format), Path), tally::Scope),
    responses(
        (status = 200, description = "The table", content(
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "text/csv; charset=utf-8")
        )),
        NotTold
    )
)]
pub async fn breakdown(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Ids(Name(breakdown), Name(wanted)): Ids<Name, Name>,
    Params(params): Params<tally::Scope>,
) -> Result<Response> {
    let format = format(&wanted)?;
    let (year, district) = (tally::year_or_this(params.year)?, params.district());
    let Some(breakdown) = Breakdown::from_code(&breakdown) else {
        return not_found(say!("这种分法", "This breakdown"));
    };
    let command = move |db: &mut Db| {
        exports::breakdown(db, &actor, (year, district.as_ref()), breakdown, format, clock::now(), reader)
    };
    whole(app.store.write(command).await?, format).await
}

// ---- orders and targets -------------------------------------------------------------------------------------------

refusals! { NotListed: BadField, Busy, Unsure }

/// The orders the reader may see that match, newest first, as a table. Who took it is kept.
#[utoipa::path(
    get,
    path = "/orders/export/{format}",
    operation_id = "export_orders",
    tag = "exports",
    params(("format" = inline(Format), Path), orders::ListParams),
    responses(
        (status = 200, description = "The table", content(
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "text/csv; charset=utf-8")
        )),
        NotListed
    )
)]
pub async fn order_list(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(Name(wanted)): Id<Name>,
    uri: Uri,
    Params(params): Params<orders::ListParams>,
) -> Result<Response> {
    let format = format(&wanted)?;
    let (filter, told) = (params.filter()?, told(&uri));
    let permit = app.packets.place()?;
    let asking = actor.clone();
    let begin = move |db: &mut Db| exports::orders(db, &asking, format, &told, clock::now(), reader);
    let head = app.store.write(begin).await?;
    let headers = headers(&head, format);
    let list = OrderList { actor, filter, reader, head, format };
    let store = app.store.clone();
    Ok((headers, streamed(permit, move |pieces, handle| list.write(&store, &handle, pieces))).into_response())
}

struct OrderList {
    actor: Actor,
    filter: OrderFilter,
    reader: Language,
    head: Head,
    format: Format,
}

impl OrderList {
    fn write(self, store: &Store, handle: &Handle, pieces: Pieces) -> Result<(), anyhow::Error> {
        let OrderList { actor, filter, reader, head, format } = self;
        let left = pieces.watch();
        let mut drawing = Drawing::begin(head, format, pieces)?;
        let mut after: Option<Cursor> = None;
        while !left.has_left() {
            let (actor, filter, from) = (actor.clone(), filter.clone(), after.take());
            let read = store.read(move |db| exports::more_orders(db, &actor, &filter, from.as_ref(), reader));
            let (rows, next) = handle.block_on(read).map_err(Error::into_fault)?;
            rows.iter().try_for_each(|row| drawing.row(row))?;
            after = next;
            if after.is_none() {
                break;
            }
        }
        Ok(drawing.end()?)
    }
}

/// Every version of the year's targets, as a table. Who took it is kept.
#[utoipa::path(
    get,
    path = "/targets/export/{format}",
    operation_id = "export_targets",
    tag = "exports",
    params(("format" = inline(Format), Path), YearParams),
    responses(
        (status = 200, description = "The table", content(
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "text/csv; charset=utf-8")
        )),
        NotTold
    )
)]
pub async fn target_list(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(Name(wanted)): Id<Name>,
    Params(params): Params<YearParams>,
) -> Result<Response> {
    let (year, format) = (tally::year_or_this(params.year)?, format(&wanted)?);
    let command = move |db: &mut Db| exports::year_targets(db, &actor, year, format, clock::now(), reader);
    whole(app.store.write(command).await?, format).await
}
