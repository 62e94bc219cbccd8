//! The square that opens a product's page from paper: a price tag, a box, a fair's table.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use domain::fulfilment::parse_point_code;
use domain::id::ProductId;
use domain::{Code, say};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use super::App;
use super::auth::SignedIn;
use super::extract::Id;
use crate::error::{Error, Result, refuse};
use crate::store::products;

/// The page of a product does not move.
const CACHING: &str = "public, max-age=86400";

/// The QR code of a product's page, at the public address of the site (`--public-url`, else the one that was asked).
#[utoipa::path(
    get,
    path = "/products/{id}/qr.svg",
    operation_id = "see_product_qr",
    tag = "products",
    params(("id" = ProductId, Path)),
    responses((status = 200, body = String, content_type = "image/svg+xml", description = "The picture"), NoAddress)
)]
pub async fn of_product(
    State(app): State<App>,
    Id(id): Id<ProductId>,
    headers: HeaderMap,
) -> Result<impl IntoResponse> {
    app.store.look_up(move |db| products::check_on_sale(db, &id.to_string())).await?;
    let picture = picture(&format!("{}/products/{id}", public_url(&app, &headers)?))?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, CACHING)], picture))
}

super::document::refusals! { NoAddress: BadField }

/// The QR code that opens the acceptance of a delivery point on a phone: it goes into the parcel.
///
/// Drawn from the code alone; whether there is such a point, `see_acceptance` tells those who may count there.
#[utoipa::path(
    get,
    path = "/acceptances/{code}/qr.svg",
    operation_id = "see_acceptance_qr",
    tag = "orders",
    params(("code" = String, Path, description = "Ten letters and digits, in any case")),
    responses((status = 200, body = String, content_type = "image/svg+xml", description = "The picture"), NoAddress)
)]
pub async fn of_acceptance(
    State(app): State<App>,
    SignedIn { .. }: SignedIn,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Result<impl IntoResponse> {
    let code: String = parse_point_code(&code).chars().take(MOST_LETTERS).collect();
    let picture = picture(&format!("{}/accept/{code}", public_url(&app, &headers)?))?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "private, max-age=86400")], picture))
}

/// More than any code has, and far from what a square holds.
const MOST_LETTERS: usize = 20;

fn public_url(app: &App, headers: &HeaderMap) -> Result<String> {
    if let Some(url) = &app.public_url {
        return Ok(url.to_string());
    }
    let scheme = if app.secure_cookie { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match host.filter(|host| is_authority(host)) {
        Some(host) => Ok(format!("{scheme}://{host}")),
        None => refuse(
            Code::BadField,
            say!("不知道本站的网址，请用域名打开本站", "The address of this site is not known; open it by its name"),
        ),
    }
}

/// A name or address with or without a port, and nothing that could lead elsewhere.
fn is_authority(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
}

/// Black on white in both schemes, with its quiet zone: what a camera reads best.
fn picture(address: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).map_err(|error| Error::Broken(error.into()))?;
    let mut drawing = code.render();
    Ok(drawing.dark_color(svg::Color("#000")).light_color(svg::Color("#fff")).module_dimensions(4, 4).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_leads_nowhere_else() {
        for good in ["shanhai.example", "127.0.0.1:3000", "[::1]:3000"] {
            assert!(is_authority(good), "{good}");
        }
        for bad in ["", "a.example/b", "me@a.example", "a.example\"", "山海.example"] {
            assert!(!is_authority(bad), "{bad}");
        }
    }

    #[test]
    fn a_picture_has_ink_and_a_ground() {
        let picture = picture("https://shanhai.example/products/019b8bac-db41-70ea-8cfe-421ed9159812").expect("short");
        assert!(picture.contains("<svg") && picture.contains("#000") && picture.contains("#fff"), "{picture}");
    }
}
