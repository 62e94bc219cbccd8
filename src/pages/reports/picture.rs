//! A photo of a phone, made small enough for a weak signal: a receipt is read at 1,600 pixels as well as at 4,000.

use leptos::prelude::document;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, File, HtmlCanvasElement, HtmlImageElement, Url};

/// The longer side, in pixels.
const LONGEST: u32 = 1_600;
/// Files below so many bytes stay as they are.
const SMALL: usize = 400_000;
const QUALITY: f64 = 0.8;

/// The photo made smaller, or the file itself where it is none, is small, or the browser cannot.
pub async fn shrunk(file: &File) -> Blob {
    // Sizes of files are floats in JavaScript.
    let size = file.size() as usize;
    let is_photo = ["image/jpeg", "image/png", "image/webp"].contains(&&*file.type_());
    if !is_photo || size < SMALL {
        return file.clone().into();
    }
    match smaller(file).await {
        Ok(blob) if (blob.size() as usize) < size => blob,
        _ => file.clone().into(),
    }
}

async fn smaller(file: &File) -> Result<Blob, JsValue> {
    let address = Url::create_object_url_with_blob(file)?;
    let image = HtmlImageElement::new()?;
    image.set_src(&address);
    let decoded = JsFuture::from(image.decode()).await;
    let drawn = decoded.and_then(|_| drawn(&image));
    Url::revoke_object_url(&address)?;
    encoded(&drawn?).await
}

fn drawn(image: &HtmlImageElement) -> Result<HtmlCanvasElement, JsValue> {
    let (width, height) = (image.natural_width(), image.natural_height());
    let longer = width.max(height).max(1);
    let scaled = |side: u32| if longer > LONGEST { (side * LONGEST / longer).max(1) } else { side };
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(scaled(width));
    canvas.set_height(scaled(height));
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into::<CanvasRenderingContext2d>()?;
    let (width, height) = (f64::from(scaled(width)), f64::from(scaled(height)));
    context.draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width, height)?;
    Ok(canvas)
}

async fn encoded(canvas: &HtmlCanvasElement) -> Result<Blob, JsValue> {
    let made = js_sys::Promise::new(&mut |resolve, reject| {
        let take = Closure::once_into_js(move |blob: JsValue| {
            // There is none where the canvas is larger than the browser can.
            let _ =
                if blob.is_null() { reject.call1(&JsValue::NULL, &blob) } else { resolve.call1(&JsValue::NULL, &blob) };
        });
        // Refused only for what was drawn from elsewhere.
        let _ = canvas.to_blob_with_type_and_encoder_options(take.unchecked_ref(), "image/jpeg", &QUALITY.into());
    });
    JsFuture::from(made).await?.dyn_into()
}
