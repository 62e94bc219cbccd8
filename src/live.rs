//! What follows from signals. Each of Leptos's own ways makes code for every closure it is given, some 500 bytes to 2 KB of
//! WebAssembly; these make it once and keep the closure in a box. The main part, which everybody fetches, uses these alone.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;

/// Runs now and again whenever something it has read changes, until its page goes.
pub fn effect(run: impl Fn() + 'static) {
    boxed_effect(Box::new(run));
}

#[inline(never)]
fn boxed_effect(run: Box<dyn Fn()>) {
    Effect::new(move |_| run());
}

/// A value reckoned from others, anew only when they change; who reads it hears of it only when it has changed itself.
pub fn memo<T: PartialEq + Send + Sync + 'static>(reckon: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    boxed_memo(Box::new(reckon))
}

#[inline(never)]
fn boxed_memo<T: PartialEq + Send + Sync + 'static>(reckon: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
    Memo::new(move |_| reckon())
}

/// A piece of the page that is drawn anew whenever something it has read changes.
pub fn view(draw: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
    boxed_view(Box::new(draw))
}

#[inline(never)]
fn boxed_view(draw: Box<dyn Fn() -> Option<AnyView> + Send>) -> AnyView {
    draw.into_any()
}

/// The same of a text.
pub fn text(say: impl Fn() -> String + Send + 'static) -> AnyView {
    boxed_text(Box::new(say))
}

#[inline(never)]
fn boxed_text(say: Box<dyn Fn() -> String + Send>) -> AnyView {
    say.into_any()
}

/// Hears of an event anywhere in the window, as long as the app lasts.
pub fn on_window(event: &str, hear: impl Fn(&web_sys::Event) + 'static) {
    boxed_on_window(event, Box::new(hear));
}

#[inline(never)]
fn boxed_on_window(event: &str, hear: Box<dyn Fn(&web_sys::Event)>) {
    let hear = Closure::<dyn Fn(web_sys::Event)>::new(move |event| hear(&event));
    // Refused only without a function.
    let _ = window().add_event_listener_with_callback(event, hear.as_ref().unchecked_ref());
    hear.forget();
}
