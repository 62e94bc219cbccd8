//! Saving the card: as the drawing it is, or as a picture that every phone can send on.

use leptos::prelude::*;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use super::card::{HEIGHT, WIDTH};
use crate::components::download::download;

/// The drawing as an address of its own.
fn address_of(svg: &str) -> String {
    format!("data:image/svg+xml;charset=utf-8,{}", String::from(js_sys::encode_uri_component(svg)))
}

pub fn save_svg(svg: &str) {
    download(&address_of(svg), "shanhai.svg");
}

/// The browser draws the card once more, onto a canvas; `failed` runs where it cannot.
pub fn save_png(svg: &str, failed: impl Fn() + Clone + 'static) {
    let Ok(image) = HtmlImageElement::new() else { return failed() };
    let (drawn, complain) = (image.clone(), failed.clone());
    let loaded = Closure::once_into_js(move || match png_of(&drawn) {
        Ok(address) => download(&address, "shanhai.png"),
        Err(_) => complain(),
    });
    let broken = Closure::once_into_js(failed);
    image.set_onload(loaded.dyn_ref());
    image.set_onerror(broken.dyn_ref());
    image.set_src(&address_of(svg));
}

fn png_of(image: &HtmlImageElement) -> Result<String, JsValue> {
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(WIDTH.unsigned_abs() as u32);
    canvas.set_height(HEIGHT.unsigned_abs() as u32);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.dyn_into()?;
    context.draw_image_with_html_image_element(image, 0.0, 0.0)?;
    canvas.to_data_url_with_type("image/png")
}
