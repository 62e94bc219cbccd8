//! 佐证: photos and papers that show the sale. They are kept in the browser until the report is sent.

use domain::attachment::{HEAD, Head, LARGEST_FILE, LARGEST_MB, check_head, too_heavy};
use domain::report::{MOST_EVIDENCE, too_much_evidence};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};

use super::form::Form;
use super::outbox::WaitingFile;
use super::{blobs, picture};
use crate::api;
use crate::components::problem::refusal;
use crate::language::{as_written, t, told};

const TAKEN: &str = "image/jpeg,image/png,image/webp,application/pdf,.pdf,.xlsx";

pub fn section(form: Form) -> AnyView {
    let (busy, refused) = (RwSignal::new(0_usize), RwSignal::new(Vec::<String>::new()));
    let choose = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let files = input.files();
        let files: Vec<File> =
            files.iter().flat_map(|files| (0..files.length()).filter_map(|place| files.get(place))).collect();
        // The same photo may be chosen again.
        input.set_value("");
        busy.update(|busy| *busy += files.len());
        refused.set(Vec::new());
        spawn_local(take(form, files, busy, refused));
    };
    let rows = move || form.files.get().iter().map(|file| row(form, file)).collect::<Vec<_>>();
    let before = move || {
        form.evidence.with(|kept| {
            (!kept.is_empty())
                .then(|| view! { <p class="muted">{t!(reports.evidence_kept, count = kept.len())}</p> }.into_any())
        })
    };
    let words = move || if busy.get() > 0 { t!(reports.shrinking) } else { t!(reports.add_evidence) };
    view! {
        <section class="rp-proof" aria-labelledby="evidence">
            <h2 id="evidence">{t!(reports.evidence)}</h2>
            <p class="muted">{t!(reports.evidence_how, largest = LARGEST_MB)}</p>
            {before}
            <div role="alert">{move || refused.get().into_iter().map(refusal).collect::<Vec<_>>()}</div>
            <ul role="list">{rows}</ul>
            // Without `capture`, so that a phone offers its camera and what it has photographed already.
            <label class="btn">
                <input class="sr" type="file" id="add-evidence" accept=TAKEN multiple on:change=choose />
                <span aria-live="polite">{words}</span>
            </label>
        </section>
    }
    .into_any()
}

fn row(form: Form, file: &WaitingFile) -> AnyView {
    let key = file.key.clone();
    let spoken = t!(reports.remove_file, name = file.name);
    let remove = move |_| {
        form.files.update(|files| files.retain(|file| file.key != key));
        let key = key.clone();
        spawn_local(async move { blobs::forget(&key).await });
    };
    view! {
        <li>
            <span lang=as_written()>{file.name.clone()}</span>
            <button class="btn plain" type="button" aria-label=spoken on:click=remove>{t!(reports.remove)}</button>
        </li>
    }
    .into_any()
}

async fn take(form: Form, files: Vec<File>, busy: RwSignal<usize>, refused: RwSignal<Vec<String>>) {
    for file in files {
        let name = file.name();
        let kept = keep(form, &file).await;
        // The reader may have left the page meanwhile.
        if busy.try_update(|busy| *busy -= 1).is_none() {
            return;
        }
        match kept {
            Ok(key) => form.files.update(|files| files.push(WaitingFile { key, name, sent: false })),
            Err(sentence) => refused.update(|all| all.push(t!(acts.of_file, name = name, sentence = sentence))),
        }
    }
}

async fn keep(form: Form, file: &File) -> Result<String, String> {
    let held = form.files.with_untracked(Vec::len) + form.evidence.with_untracked(Vec::len);
    if held >= MOST_EVIDENCE {
        return Err(told(too_much_evidence()));
    }
    look_at(file).await?;
    let smaller = picture::shrunk(file).await;
    // The size of a file is a float in JavaScript.
    if smaller.size() as usize > LARGEST_FILE {
        return Err(told(too_heavy().sentence));
    }
    let key = api::new_id().to_string();
    blobs::put(&key, &smaller).await.map_err(|_| t!(reports.no_room).to_owned())?;
    Ok(key)
}

/// What can be said of a file before it is kept.
async fn look_at(file: &File) -> Result<(), String> {
    let Ok(head) = file.slice_with_i32_and_i32(0, i32::try_from(HEAD).unwrap_or_default()) else { return Ok(()) };
    let Ok(bytes) = JsFuture::from(head.array_buffer()).await else { return Ok(()) };
    match check_head(&js_sys::Uint8Array::new(&bytes).to_vec()) {
        Err(refusal) => Err(told(refusal.sentence)),
        Ok(Head::Known(_) | Head::Zip) => Ok(()),
    }
}
