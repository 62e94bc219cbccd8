//! The photos of a product: its merchant sends, arranges and removes them; everybody sees the pictures.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::id::ProductId;
use domain::organisation::Actor;
use domain::photo::{self, PhotoHash, parse_file_name};
use domain::say;
use domain::wire::{PhotoOrder, Photos};
use tracing::Instrument as _;

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Body, Id, Ids, whole_body};
use crate::clock;
use crate::error::{Error, Result, not_found};
use crate::store::Db;
use crate::store::photos::{self, Added};

refusals! { NotUploaded: BadPhoto, TooManyPhotos }

/// Adds a photo to one's own product.
///
/// The body is the file itself: JPEG, PNG or WebP of at most 12 MB. What it is, its content says; its `Content-Type` is not
/// looked at. The same file again is the same photo and changes nothing.
#[utoipa::path(
    post,
    path = "/products/{id}/photos",
    operation_id = "upload_photo",
    tag = "products",
    params(("id" = ProductId, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = Photos, description = "All photos of the product, the new one last"),
        (status = 200, body = Photos, description = "The product had this photo already"),
        NotUploaded
    )
)]
pub async fn upload(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<ProductId>,
    request: Request,
) -> Result<(StatusCode, Json<Photos>)> {
    let (product_id, sender) = (id.to_string(), actor.clone());
    // Asked before megabytes are received, and again where they are kept.
    app.store.look_up(move |db| photos::check_owner(db, &sender, &product_id)).await?;
    let place = app.photos.receive()?;
    let file = whole_body(request, app.limits.photo_timeout, photo::too_heavy).await?.into();
    // In a task of its own: what follows the commit must happen also when the one who asked hangs up meanwhile.
    let keeping = async move {
        let _place = place;
        keep(app, actor, id, file).await
    };
    let keeping = tokio::spawn(keeping.in_current_span());
    let (added, photos) = keeping.await.map_err(|error| Error::Broken(error.into()))??;
    let status = if added == Added::New { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(photos)))
}

async fn keep(app: App, actor: Actor, id: ProductId, file: Vec<u8>) -> Result<(Added, Photos)> {
    let photo = app.photos.keep(file).await?;
    let product_id = id.to_string();
    let command = move |db: &mut Db| {
        let added = photos::add(db, &actor, &product_id, &photo, clock::now())?;
        Ok((added, Photos { items: photos::of_product(db, &product_id)? }))
    };
    write(&app, command).await
}

/// Puts the photos of one's own product into another order.
///
/// The first is the one that lists show. The same order again changes nothing.
#[utoipa::path(
    put,
    path = "/products/{id}/photos",
    operation_id = "arrange_photos",
    tag = "products",
    params(("id" = ProductId, Path)),
    request_body = PhotoOrder,
    responses((status = 200, body = Photos, description = "All photos of the product"), NotArranged)
)]
pub async fn arrange(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<ProductId>,
    Body(PhotoOrder { hashes }): Body<PhotoOrder>,
) -> Result<Json<Photos>> {
    let command = move |db: &mut Db| {
        let id = id.to_string();
        photos::arrange(db, &actor, &id, &hashes)?;
        Ok(Photos { items: photos::of_product(db, &id)? })
    };
    changed(app, command).await
}

refusals! { NotArranged: Overtaken }

/// Removes a photo of one's own product.
///
/// One that is gone already is as good as removed.
#[utoipa::path(
    delete,
    path = "/products/{id}/photos/{hash}",
    operation_id = "remove_photo",
    tag = "products",
    params(("id" = ProductId, Path), ("hash" = PhotoHash, Path)),
    responses((status = 200, body = Photos, description = "The photos that are left"))
)]
pub async fn remove(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Ids(id, hash): Ids<ProductId, PhotoHash>,
) -> Result<Json<Photos>> {
    let command = move |db: &mut Db| {
        let id = id.to_string();
        photos::remove(db, &actor, &id, &hash, clock::now())?;
        Ok(Photos { items: photos::of_product(db, &id)? })
    };
    changed(app, command).await
}

/// In a task of its own, as an upload.
async fn changed(
    app: App,
    command: impl Fn(&mut Db) -> Result<Photos> + Send + Sync + 'static,
) -> Result<Json<Photos>> {
    let writing = tokio::spawn(async move { write(&app, command).await }.in_current_span());
    Ok(Json(writing.await.map_err(|error| Error::Broken(error.into()))??))
}

/// The lists follow before the answer, and other servers soon after.
async fn write<T: Send + 'static>(
    app: &App,
    command: impl Fn(&mut Db) -> Result<T> + Send + Sync + 'static,
) -> Result<T> {
    let written = app.store.write(command).await?;
    // The change stands, whatever becomes of this: the next refresh makes up for it.
    if let Err(error) = app.catalogue.refresh(&app.store).await {
        tracing::error!(error = format!("{error:#}"), "the product list did not follow");
    }
    app.live.moved();
    Ok(written)
}

/// A picture by its name. It never changes: whoever has it need not ask again.
pub async fn picture(State(app): State<App>, name: Result<Path<String>, PathRejection>) -> Result<Response> {
    let Some((hash, width)) = name.ok().and_then(|Path(name)| parse_file_name(&name)) else { return no_such_picture() };
    let Some(picture) = app.photos.picture(&hash, width).await? else { return no_such_picture() };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/webp")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, picture).into_response())
}

/// Nobody keeps that: on a folder that is shared it may come in a moment.
fn no_such_picture() -> Result<Response> {
    let missing: Result<Response> = not_found(say!("这张照片", "This photo"));
    let mut response = missing.unwrap_or_else(|error| error.into_response());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
