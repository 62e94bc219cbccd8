//! One question of a form: label, hint, error and control, in that order, tied together for those who cannot see them.

use leptos::prelude::*;

use super::press::after_press;

/// What every field has. `error` is the domain's own sentence about the present text; it is held back until the person
/// has left the control or tried to send the form (`sent` above zero), so nobody is corrected while still typing.
#[derive(Clone, Debug)]
pub struct Field {
    pub id: String,
    pub label: String,
    pub hint: &'static str,
    pub value: RwSignal<String>,
    pub error: Signal<Option<String>>,
    pub sent: Signal<u32>,
    /// `w-4`, `w-8`, `w-16` for the width that fits the answer; empty for the ordinary one.
    pub class: &'static str,
}

impl Field {
    pub fn new(id: impl Into<String>, label: impl Into<String>, value: RwSignal<String>) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            hint: "",
            value,
            error: Signal::stored(None),
            sent: Signal::stored(0),
            class: "",
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    #[must_use]
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    #[must_use]
    pub fn check(mut self, error: Memo<Option<String>>, sent: Signal<u32>) -> Self {
        self.error = error.into();
        self.sent = sent;
        self
    }
}

/// Which control answers the question.
#[derive(Clone, Debug)]
pub enum Control {
    Text,
    /// Text the browser knows how to help with: `type` and `autocomplete` as HTML names them (`tel`; `password`,
    /// `current-password`; `search`, `off`).
    Known {
        kind: &'static str,
        autocomplete: &'static str,
    },
    /// Whole numbers, with the unit shown behind.
    Number {
        unit: &'static str,
    },
    /// An amount that may have decimals, with its unit shown behind.
    Amount {
        unit: &'static str,
    },
    Long {
        rows: u8,
    },
    /// One of many; nothing is chosen until the person does, and `none` says so.
    Select {
        none: &'static str,
        choices: Vec<Choice>,
    },
    /// Radio buttons drawn as chips: for up to about eight answers.
    Chips(Vec<Choice>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub text: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into() }
    }
}

#[inline(never)]
pub fn field(field: Field, control: Control) -> AnyView {
    let left = RwSignal::new(false);
    let (error, sent) = (field.error, field.sent);
    let shown: Signal<Option<String>> =
        Memo::new(move |_| if left.get() || sent.get() > 0 { error.get() } else { None }).into();
    let hint_id = format!("{}-hint", field.id);
    let error_id = format!("{}-error", field.id);
    let described = {
        let (hint, hint_id, error_id) = (field.hint, hint_id.clone(), error_id.clone());
        Signal::derive(move || match (hint.is_empty(), shown.with(Option::is_some)) {
            (true, false) => None,
            (false, false) => Some(hint_id.clone()),
            (true, true) => Some(error_id.clone()),
            (false, true) => Some(format!("{hint_id} {error_id}")),
        })
    };
    let hint = (!field.hint.is_empty()).then(|| view! { <span class="hint" id=hint_id>{field.hint}</span> }.into_any());
    let sentence = move || {
        let id = error_id.clone();
        shown.get().map(|text| view! { <span class="error" id=id>{text}</span> }.into_any())
    };
    let wired = Wired { invalid: Signal::derive(move || shown.with(Option::is_some)), described, left };
    let invalid = wired.invalid;
    if let Control::Chips(choices) = control {
        let chips = chips(&field, &wired, choices);
        return view! {
            <fieldset class="field wide" class:bad=move || invalid.get()>
                <legend>{field.label}</legend>{hint}{sentence}{chips}
            </fieldset>
        }
        .into_any();
    }
    let input = input(&field, &wired, control);
    view! {
        <div class="field" class:bad=move || invalid.get()>
            <label for=field.id>{field.label}</label>{hint}{sentence}{input}
        </div>
    }
    .into_any()
}

/// What a control needs to know of its field's state.
#[derive(Clone, Copy)]
struct Wired {
    invalid: Signal<bool>,
    described: Signal<Option<String>>,
    left: RwSignal<bool>,
}

impl Wired {
    /// The sentence that may come now moves what stands below.
    fn leave(self) {
        after_press(move || {
            self.left.try_set(true);
        });
    }

    fn aria_invalid(self) -> Option<&'static str> {
        self.invalid.get().then_some("true")
    }
}

fn input(field: &Field, wired: &Wired, control: Control) -> AnyView {
    match control {
        Control::Long { rows } => long(field, *wired, rows),
        Control::Number { unit } => with_unit(line(field, *wired, WHOLE_NUMBER), unit),
        Control::Amount { unit } => with_unit(line(field, *wired, AMOUNT), unit),
        Control::Known { kind, autocomplete } => line(field, *wired, Typed { kind, autocomplete, keyboard: "" }),
        Control::Select { none, choices } => select(field, *wired, none, choices),
        Control::Text | Control::Chips(_) => line(field, *wired, TEXT),
    }
}

fn with_unit(input: AnyView, unit: &'static str) -> AnyView {
    view! { <span class="affix">{input}<span>{unit}</span></span> }.into_any()
}

/// What the browser is told about a line of text: its type, what it may fill in, which keyboard a phone shows.
struct Typed {
    kind: &'static str,
    autocomplete: &'static str,
    keyboard: &'static str,
}

const TEXT: Typed = Typed { kind: "text", autocomplete: "off", keyboard: "" };
/// Not `type="number"`, which hides what was typed when it is not a number.
const WHOLE_NUMBER: Typed = Typed { keyboard: "numeric", ..TEXT };
const AMOUNT: Typed = Typed { keyboard: "decimal", ..TEXT };

fn line(field: &Field, wired: Wired, typed: Typed) -> AnyView {
    let value = field.value;
    let Typed { kind, autocomplete, keyboard } = typed;
    let numeric = !keyboard.is_empty();
    view! {
        <input
            id=field.id.clone()
            name=field.id.clone()
            class=field.class
            class:qty=numeric
            type=kind
            autocomplete=autocomplete
            inputmode=(!keyboard.is_empty()).then_some(keyboard)
            aria-invalid=move || wired.aria_invalid()
            aria-describedby=move || wired.described.get()
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
            on:blur=move |_| wired.leave()
        />
    }
    .into_any()
}

fn select(field: &Field, wired: Wired, none: &'static str, choices: Vec<Choice>) -> AnyView {
    let value = field.value;
    let option = |Choice { value: code, text }: Choice| {
        let mine = code.clone();
        view! { <option value=code prop:selected=move || value.with(|now| *now == mine)>{text}</option> }.into_any()
    };
    let all = std::iter::once(Choice::new("", none)).chain(choices);
    let options: Vec<AnyView> = all.map(option).collect();
    view! {
        <select
            id=field.id.clone()
            name=field.id.clone()
            class=field.class
            aria-invalid=move || wired.aria_invalid()
            aria-describedby=move || wired.described.get()
            on:change=move |event| value.set(event_target_value(&event))
            on:blur=move |_| wired.leave()
        >
            {options}
        </select>
    }
    .into_any()
}

fn long(field: &Field, wired: Wired, rows: u8) -> AnyView {
    let value = field.value;
    view! {
        <textarea
            id=field.id.clone()
            name=field.id.clone()
            class=field.class
            rows=rows.to_string()
            aria-invalid=move || wired.aria_invalid()
            aria-describedby=move || wired.described.get()
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
            on:blur=move |_| wired.leave()
        ></textarea>
    }
    .into_any()
}

fn chips(field: &Field, wired: &Wired, choices: Vec<Choice>) -> AnyView {
    let buttons: Vec<AnyView> =
        choices.into_iter().enumerate().map(|(place, choice)| chip(field, *wired, place, choice)).collect();
    view! { <div class="chip-row">{buttons}</div> }.into_any()
}

/// The first chip carries the field's id, so that the error summary leads to it.
fn chip(field: &Field, wired: Wired, place: usize, choice: Choice) -> AnyView {
    let value = field.value;
    let id = if place == 0 { field.id.clone() } else { format!("{}-{place}", field.id) };
    let (mine, sent_value) = (choice.value.clone(), choice.value.clone());
    view! {
        <label class="chip">
            <input
                type="radio"
                id=id
                name=field.id.clone()
                value=choice.value
                aria-describedby=move || wired.described.get()
                prop:checked=move || value.with(|now| *now == mine)
                on:change=move |_| value.set(sent_value.clone())
                on:blur=move |_| wired.leave()
            />
            <span>{choice.text}</span>
        </label>
    }
    .into_any()
}
