//! One product on one page. What is typed keeps itself until it is saved.

use domain::Code;
use domain::goods::{Field, FieldError, STEPS, Texts, read};
use domain::id::{AccountId, ProductId};
use domain::product::{Brand, Category, CertificationKind, SeasonMonths};
use domain::wire::{ChangedGoods, GoodsChoices, GoodsForm, GoodsItem, GoodsStep, NewGoods};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::draft::{Draft, KEY, counties, typed};
use super::list::{said, status_class};
use super::{NEW, back};
use crate::api::{self, ApiError};
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Choice, Control, Field as Question, field};
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{language, t, told};
use crate::load::{Load, load};
use crate::pages::market::photos::uploader::{self, Uploading};
use crate::pages::set_title;
use crate::route::Route;
use crate::router::{Go, Here};
use crate::state::{State, forget, keep, kept};

/// The product as it is stored, where there is one, and what the form chooses among.
type Start = (Option<GoodsItem>, GoodsChoices);

async fn start(part: String) -> Result<Start, ApiError> {
    let choices = api::goods_choices().await?;
    let held = if part == NEW { None } else { Some(api::goods(part).await?) };
    Ok((held, choices))
}

pub fn page(state: State, account: AccountId, part: String) -> AnyView {
    let is_new = part == NEW;
    set_title(if is_new { t!(goods.add) } else { t!(goods.title) });
    let loaded: Load<Start> = load(move || part.clone(), start);
    let inside = move || match (loaded.value.get(), loaded.error.get()) {
        (Some((held, choices)), _) => Form::begin(state, account, held, choices, loaded).view(),
        (None, Some(error)) => load_failure(error.sentence(), loaded.on_retry()),
        (None, None) => loading_lines(12),
    };
    view! { {back()}{inside} }.into_any()
}

#[derive(Clone, Copy)]
struct Form {
    state: State,
    here: Here,
    loaded: Load<Start>,
    /// What was read, and the id.
    draft: StoredValue<Draft>,
    held: StoredValue<Option<GoodsItem>>,
    choices: StoredValue<GoodsChoices>,
    /// In the order of [`Field::ALL`].
    typed: StoredValue<Vec<RwSignal<String>>>,
    wrong: Memo<Vec<FieldError>>,
    /// Whether it came from what was kept.
    resumed: bool,
    sent: RwSignal<u32>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
}

impl Form {
    fn begin(
        state: State,
        account: AccountId,
        held: Option<GoodsItem>,
        choices: GoodsChoices,
        loaded: Load<Start>,
    ) -> Form {
        let is_of = |draft: &Draft| {
            let same = held.as_ref().map_or(draft.new, |held| held.id == draft.id && !draft.new);
            draft.account_id == account && same && draft.typed.len() == Field::ALL.len()
        };
        let earlier: Option<Draft> = kept(KEY).filter(is_of);
        let resumed = earlier.is_some();
        let id = held.as_ref().map_or_else(|| ProductId(api::new_id()), |held| held.id);
        let draft = earlier.unwrap_or_else(|| Draft::begin(account, id, held.as_ref(), &choices));
        let signals: Vec<RwSignal<String>> = draft.typed.iter().cloned().map(RwSignal::new).collect();
        let (watched, among) = (signals.clone(), counties(&choices));
        let wrong = Memo::new(move |_| read(&texts(&watched), &among).err().unwrap_or_default());
        let form = Form {
            state,
            here: Here::get(),
            loaded,
            draft: StoredValue::new(draft),
            held: StoredValue::new(held),
            choices: StoredValue::new(choices),
            typed: StoredValue::new(signals),
            wrong,
            resumed,
            sent: RwSignal::new(0),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
        };
        form.keep_up();
        form
    }

    /// Keeps what is typed, from the first change on.
    fn keep_up(self) {
        Effect::new(move |before: Option<Vec<String>>| {
            let typed: Vec<String> = self.typed.with_value(|typed| typed.iter().map(|it| it.get()).collect());
            if before.is_some_and(|before| before != typed) {
                keep(KEY, &Draft { typed: typed.clone(), ..self.draft.get_value() });
            }
            typed
        });
    }

    fn typed(self, field: Field) -> RwSignal<String> {
        self.typed.with_value(|typed| typed.get(field as usize).copied()).unwrap_or_default()
    }

    fn form(self) -> Option<GoodsForm> {
        let texts = untrack(move || self.typed.with_value(|typed| texts(typed)));
        read(&texts, &self.choices.with_value(counties)).ok()
    }

    fn press(self) {
        self.sent.update(|sent| *sent += 1);
        let Some(goods) = self.form().filter(|_| !self.busy.get_untracked()) else { return };
        self.busy.set(true);
        self.refused.set(None);
        let Draft { id, new, edition, available_read, .. } = self.draft.get_value();
        spawn_local(async move {
            let name = goods.name.clone();
            let answer = match new {
                true => api::create_goods(NewGoods { id, goods }).await,
                false => api::change_goods(id, ChangedGoods { edition, available_read, goods }).await,
            };
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(item) => {
                    forget(KEY);
                    self.state.say(Toast::new(t!(goods.saved, name = name)));
                    self.shown(item, new);
                }
                Err(error) => self.not_done(error),
            }
        });
    }

    /// A new product has an address of its own from now on; a known one begins anew with what was saved.
    fn shown(self, item: GoodsItem, new: bool) {
        if new {
            self.here.go(&Route::Goods(item.id.to_string()).path(), Go::Instead);
        } else {
            self.loaded.put((Some(item), self.choices.get_value()));
        }
    }

    fn not_done(self, error: ApiError) {
        self.state.note(&error);
        self.refused.set(Some(error));
    }

    fn step(self, item: &GoodsItem) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let (id, step, edition, name) = (item.id, item.status.next(), item.edition, item.goods.name.clone());
        spawn_local(async move {
            let answer = api::step_goods(id, GoodsStep { step, edition }).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(_) => {
                    self.state.say(Toast::new(said(step, &name)));
                    self.loaded.reload();
                }
                Err(error) => self.not_done(error),
            }
        });
    }

    // ---- what is seen ----

    fn view(self) -> AnyView {
        let held = self.held.get_value();
        let title = held.as_ref().map_or_else(|| t!(goods.add).to_owned(), |held| held.goods.name.clone());
        let summary = Signal::derive(move || {
            let error = |error: FieldError| FormError { control: control(error.field), sentence: told(error.sentence) };
            self.wrong.get().into_iter().map(error).collect::<Vec<_>>()
        });
        let status = held.as_ref().map(|held| {
            view! { <span class=status_class(held.status)>{held.status.word(language())}</span> }.into_any()
        });
        let resumed = self.resumed.then(|| self.resumed());
        let photos = held.as_ref().map(|held| {
            let photos = RwSignal::new(held.photos.clone());
            let of = Uploading { product: held.id, name: held.goods.name.clone(), photos };
            view! { <section class="gd-photos">{uploader::view(of)}</section> }.into_any()
        });
        let is_new = held.is_none();
        let busy = move || self.busy.get().then_some("true");
        let words = if is_new { t!(goods.save_draft) } else { t!(goods.save) };
        let step = held.map(|held| {
            let word = held.status.next().word(language());
            view! {
                <button class="btn" type="button" id="step-goods" aria-busy=busy on:click=move |_| self.step(&held)>{word}</button>
            }
            .into_any()
        });
        view! {
            <div class="gd-head"><h1>{title}</h1>{status}</div>
            {resumed}
            {error_summary(summary, self.sent.into())}
            {move || self.refused.get().map(|error| self.refusal(&error))}
            <div class="gd-form">
                {self.basics()} {self.prices()} {self.season()} {self.proof()} {self.on_hand()} {self.words()}
            </div>
            <p class="gd-do">
                <button class="btn do" type="button" id="save-goods" aria-busy=busy on:click=move |_| self.press()>{words}</button>
                {step}
            </p>
            {photos}
        }
        .into_any()
    }

    fn resumed(self) -> AnyView {
        let afresh = move |_| {
            forget(KEY);
            self.loaded.reload();
        };
        view! {
            <p class="note" id="resumed">
                {t!(goods.resumed)}" "<button class="btn plain" type="button" on:click=afresh>{t!(goods.afresh)}</button>
            </p>
        }
        .into_any()
    }

    /// Where somebody was quicker, the way on is to look at what they wrote.
    fn refusal(self, error: &ApiError) -> AnyView {
        let afresh = move |_| {
            forget(KEY);
            self.loaded.reload();
        };
        let way_on = error.is(Code::Overtaken).then(|| {
            view! { <p><button class="btn" type="button" on:click=afresh>{t!(goods.see_now)}</button></p> }.into_any()
        });
        view! { {refusal(error.sentence())}{way_on} }.into_any()
    }

    fn ask(self, of: Field) -> Question {
        let error = Memo::new(move |_| {
            let wrong = self.wrong.get();
            wrong.into_iter().find(|error| error.field == of).map(|error| told(error.sentence))
        });
        let label = of.word(language());
        Question::new(control(of), label, self.typed(of)).check(error, self.sent.into())
    }

    fn text(self, of: Field) -> AnyView {
        field(self.ask(of), Control::Text)
    }

    fn yes_or_no(self, of: Field) -> AnyView {
        field(self.ask(of), Control::Chips(vec![Choice::new("yes", t!(goods.yes)), Choice::new("no", t!(goods.no))]))
    }

    fn basics(self) -> AnyView {
        let (reader, choices) = (language(), self.choices.get_value());
        let among = choices.counties.iter().map(|it| Choice::new(it.id.clone(), it.name.clone())).collect();
        let categories = Category::ALL.iter().map(|it| Choice::new(it.code(), it.word(reader))).collect();
        let brands: Vec<Choice> = Brand::ALL.iter().map(|it| Choice::new(it.code(), it.word(reader))).collect();
        let brand = self.typed(Field::Brand);
        // A mark without a licence is not shown, and whoever chooses it is told.
        let unlicensed = move || {
            let chosen = Brand::from_code(&brand.get())?;
            let licensed = choices.licences.iter().any(|it| it.brand == chosen && it.days_left >= 0);
            (!licensed).then(|| view! { <p class="note watch">{t!(goods.no_licence)}</p> }.into_any())
        };
        view! {
            <fieldset>
                <legend>{t!(goods.basics)}</legend>
                {self.text(Field::Name)} {self.text(Field::NameEn)}
                {field(self.ask(Field::County).class("w-16"), Control::Select { none: t!(goods.choose), choices: among })}
                {field(self.ask(Field::Category).class("w-16"), Control::Select { none: t!(goods.choose), choices: categories })}
                {field(self.ask(Field::Brand).class("w-16"), Control::Select { none: t!(goods.no_brand), choices: brands })}
                {unlicensed}
                {field(self.ask(Field::Spec).hint(t!(goods.spec_hint)), Control::Text)}
                {field(self.ask(Field::Unit).hint(t!(goods.unit_hint)).class("w-8"), Control::Text)}
            </fieldset>
        }
        .into_any()
    }

    fn prices(self) -> AnyView {
        let amount = |of| field(self.ask(of).class("w-8"), Control::Amount { unit: t!(orders.yuan) });
        let number = |of| field(self.ask(of).class("w-8"), Control::Number { unit: t!(goods.pieces) });
        let steps: Vec<AnyView> = STEPS
            .iter()
            .map(|(from, price)| view! { <div class="gd-step">{number(*from)}{amount(*price)}</div> }.into_any())
            .collect();
        view! {
            <fieldset>
                <legend>{t!(goods.prices)}</legend>
                <p class="muted">{t!(goods.prices_words)}</p>
                {amount(Field::Price)} {steps} {number(Field::MinimumOrder)} {number(Field::Available)}
            </fieldset>
        }
        .into_any()
    }

    fn season(self) -> AnyView {
        let typed = self.typed(Field::Season);
        let months = Memo::new(move |_| SeasonMonths::parse(&typed.get()).map_or(0, SeasonMonths::bits));
        let turn = move |month: u32| {
            let bits = months.get_untracked() ^ (1 << (month - 1));
            // No month at all reads as nothing, and the field says so.
            typed.set(if bits == 0 { String::new() } else { SeasonMonths::from_bits(bits).ranges() });
        };
        let error = self.ask(Field::Season).error;
        let shown =
            move || error.get().map(|text| view! { <span class="error" id="season-error">{text}</span> }.into_any());
        let cell = |month: u32| {
            let id = if month == 1 { control(Field::Season) } else { format!("season-{month}") };
            view! {
                <label class="chip">
                    <input
                        type="checkbox"
                        id=id
                        prop:checked=move || months.get() & (1 << (month - 1)) != 0
                        on:change=move |_| turn(month)
                    />
                    <span>{format::month_name(month)}</span>
                </label>
            }
            .into_any()
        };
        let cells: Vec<AnyView> = (1..=12).map(cell).collect();
        view! {
            <fieldset>
                <legend>{t!(goods.season)}</legend>
                <fieldset class="field wide" class:bad=move || error.with(Option::is_some)>
                    <legend>{Field::Season.word(language())}</legend>
                    {shown}
                    <div class="chip-row gd-months">{cells}</div>
                </fieldset>
                {field(self.ask(Field::ShelfLife).hint(t!(goods.shelf_life_hint)).class("w-8"), Control::Number { unit: t!(goods.days) })}
                {self.yes_or_no(Field::ColdChain)}
            </fieldset>
        }
        .into_any()
    }

    fn proof(self) -> AnyView {
        let kinds = CertificationKind::ALL.iter().map(|it| Choice::new(it.code(), it.word(language()))).collect();
        let kind = Control::Select { none: t!(goods.no_certificate), choices: kinds };
        view! {
            <fieldset>
                <legend>{t!(goods.proof)}</legend>
                <p class="muted">{t!(goods.proof_words)}</p>
                {field(self.ask(Field::CertificationKind).class("w-16"), kind)}
                {self.text(Field::Certification)} {self.text(Field::CertificationNumber)}
                {self.yes_or_no(Field::UnionGift)}
            </fieldset>
        }
        .into_any()
    }

    fn on_hand(self) -> AnyView {
        let day = Control::Known { kind: "date", autocomplete: "off" };
        view! {
            <fieldset>
                <legend>{t!(goods.on_hand)}</legend>
                <p class="muted">{t!(goods.on_hand_words)}</p>
                {field(self.ask(Field::Batch).class("w-16"), Control::Text)}
                {field(self.ask(Field::BestBefore).class("w-16"), day)}
            </fieldset>
        }
        .into_any()
    }

    fn words(self) -> AnyView {
        let description = self.ask(Field::Description).hint(t!(goods.description_hint));
        view! {
            <fieldset>
                <legend>{t!(goods.words)}</legend>
                {field(description, Control::Long { rows: 4 })}
                {field(self.ask(Field::DescriptionEn), Control::Long { rows: 4 })}
            </fieldset>
        }
        .into_any()
    }
}

fn texts(signals: &[RwSignal<String>]) -> Texts {
    typed(&signals.iter().map(|text| text.get()).collect::<Vec<_>>())
}

/// The id of a field's control: the error summary, the fields and the browser tests hold on to it.
fn control(field: Field) -> String {
    format!("goods-{}", field.code())
}
