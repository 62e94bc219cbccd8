//! Files that wait for the network, kept by the browser: IndexedDB, since the storage of texts has no room for photos, and a service
//! worker that is renewed empties its caches.

use leptos::prelude::window;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, IdbDatabase, IdbObjectStore, IdbRequest, IdbTransactionMode};

const DATABASE: &str = "shanhai-evidence";
const FILES: &str = "files";

async fn open() -> Result<IdbDatabase, JsValue> {
    let request = window().indexed_db()?.ok_or(JsValue::NULL)?.open_with_u32(DATABASE, 1)?;
    let made = request.clone();
    let make = Closure::once(move |_: web_sys::Event| {
        if let Ok(database) = made.result() {
            // It is made once, with the database.
            let _ = database.unchecked_into::<IdbDatabase>().create_object_store(FILES);
        }
    });
    request.set_onupgradeneeded(Some(make.as_ref().unchecked_ref()));
    let opened = settled(&request).await;
    drop(make);
    Ok(opened?.unchecked_into())
}

/// What a request comes to.
async fn settled(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let ended = js_sys::Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(ended).await?;
    request.result()
}

async fn files(mode: IdbTransactionMode) -> Result<IdbObjectStore, JsValue> {
    open().await?.transaction_with_str_and_mode(FILES, mode)?.object_store(FILES)
}

/// Keeps a file under its key, whatever becomes of the tab.
///
/// # Errors
/// Where the browser keeps nothing, or is full.
pub async fn put(key: &str, file: &Blob) -> Result<(), JsValue> {
    let request = files(IdbTransactionMode::Readwrite).await?.put_with_key(file, &key.into())?;
    settled(&request).await.map(drop)
}

/// The file of a key; none where it is gone.
pub async fn get(key: &str) -> Option<Blob> {
    let request = files(IdbTransactionMode::Readonly).await.ok()?.get(&key.into()).ok()?;
    settled(&request).await.ok()?.dyn_into().ok()
}

/// Nothing is kept under the key any more.
pub async fn forget(key: &str) {
    if let Ok(files) = files(IdbTransactionMode::Readwrite).await
        && let Ok(request) = files.delete(&key.into())
    {
        // What could not be taken away lies there unnamed.
        let _ = settled(&request).await;
    }
}
