//! The papers of orders and procurements: brought by the two sides of an order, given out to whom they concern.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::attachment::{self, AttachmentKind, AttachmentScope};
use domain::id::{AttachmentId, OrderId};
use domain::organisation::Actor;
use domain::wire::Attachments;
use serde::Deserialize;
use tracing::Instrument as _;
use utoipa::IntoParams;

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Id, Params, whole_body};
use crate::error::{Error, Result};
use crate::store::Db;
use crate::store::attachments::{self, Added, NewAttachment};
use crate::{clock, id};

refusals! { NotAdded: NotAllowed, OutOfTurn, BadAttachment, TooManyAttachments }

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadParams {
    /// What the file is for.
    kind: AttachmentKind,
    /// Its name, as its sender has it; what does not belong into a name is left out.
    #[serde(default)]
    name: String,
    /// Decisions and comparisons belong to the whole procurement when nothing is said, all others to the order.
    scope: Option<AttachmentScope>,
}

/// Adds a file to an order or to its whole procurement.
///
/// The body is the file itself: PDF, JPEG, PNG, WebP, xlsx or docx of at most 12 MB. What it is, its content says; its
/// `Content-Type` and the ending of its name are not looked at. The same file again changes nothing.
#[utoipa::path(
    post,
    path = "/orders/{id}/attachments",
    operation_id = "add_attachment",
    tag = "orders",
    params(("id" = OrderId, Path), UploadParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = Attachments, description = "All files the reader may see, the new one last"),
        (status = 200, body = Attachments, description = "The file was there already"),
        NotAdded
    )
)]
pub async fn add(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<OrderId>,
    Params(params): Params<UploadParams>,
    request: Request,
) -> Result<(StatusCode, Json<Attachments>)> {
    let (order_id, sender, kind) = (id.to_string(), actor.clone(), params.kind);
    // Asked before megabytes are received, and again where they are kept.
    app.store.read(move |db| attachments::check_may_add(db, &sender, &order_id, kind)).await?;
    let place = app.attachments.receive()?;
    let file = whole_body(request, app.limits.photo_timeout, attachment::too_heavy).await?.into();
    // In a task of its own: a file that is on the disk gets its row also when the one who asked hangs up meanwhile.
    let keeping = async move {
        let _place = place;
        keep(app, actor, id, params, file).await
    };
    let keeping = tokio::spawn(keeping.in_current_span());
    let (added, attachments) = keeping.await.map_err(|error| Error::Broken(error.into()))??;
    let status = if added == Added::New { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(attachments)))
}

async fn keep(
    app: App,
    actor: Actor,
    order_id: OrderId,
    UploadParams { kind, name, scope }: UploadParams,
    file: Vec<u8>,
) -> Result<(Added, Attachments)> {
    let kept = app.attachments.keep(file, kind, &name).await?;
    let scope = scope.unwrap_or(kind.usual_scope());
    let new = NewAttachment { id: AttachmentId(id::new()), scope, kind, kept };
    let order_id = order_id.to_string();
    let command = move |db: &mut Db| {
        let added = attachments::add(db, &actor, &order_id, &new, clock::now())?;
        Ok((added, attachments::of_order(db, &actor, &order_id)?))
    };
    app.store.write(command).await
}

/// The files of an order and of its procurement, as far as the reader may see them.
#[utoipa::path(
    get,
    path = "/orders/{id}/attachments",
    operation_id = "list_attachments",
    tag = "orders",
    params(("id" = OrderId, Path)),
    responses((status = 200, body = Attachments, description = "In the order in which they came"))
)]
pub async fn list(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<OrderId>,
) -> Result<Json<Attachments>> {
    Ok(Json(app.store.read(move |db| attachments::of_order(db, &actor, &id.to_string())).await?))
}

/// The content of a file, to be saved and never to be shown as a page.
#[utoipa::path(
    get,
    path = "/attachments/{id}",
    operation_id = "see_attachment",
    tag = "orders",
    params(("id" = AttachmentId, Path)),
    responses((
        status = 200,
        description = "The file",
        content(
            (Vec<u8> = "application/pdf"),
            (Vec<u8> = "image/jpeg"),
            (Vec<u8> = "image/png"),
            (Vec<u8> = "image/webp"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
        )
    ))
)]
pub async fn content(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<AttachmentId>,
) -> Result<Response> {
    let found = app.store.read(move |db| attachments::one(db, &actor, &id.to_string())).await?;
    let content = app.attachments.content(&found.sha256).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(found.format.media_type())),
        (header::CONTENT_DISPOSITION, disposition(&found.name, found.format.code())),
        // It is for this reader alone, and no other may find it in the browser afterwards.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, content).into_response())
}

/// The name in UTF-8 as RFC 6266 has it, beside one that anything reads.
pub(super) fn disposition(name: &str, extension: &str) -> HeaderValue {
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    let value = format!("attachment; filename=\"file.{extension}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

refusals! { NotRemoved: NotAllowed, OutOfTurn }

/// Takes away a file that one's own side brought, while nothing rests on it yet.
///
/// One that is gone already is as good as removed.
#[utoipa::path(
    delete,
    path = "/attachments/{id}",
    operation_id = "remove_attachment",
    tag = "orders",
    params(("id" = AttachmentId, Path)),
    responses((status = 204, description = "It is gone"), NotRemoved)
)]
pub async fn remove(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<AttachmentId>,
) -> Result<StatusCode> {
    app.store.write(move |db| attachments::remove(db, &actor, &id.to_string(), clock::now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_chinese_travels_in_a_header() {
        let value = disposition("纪要 1.pdf", "pdf");
        assert_eq!(
            value.to_str().expect("text"),
            "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E7%BA%AA%E8%A6%81%201.pdf"
        );
    }
}
