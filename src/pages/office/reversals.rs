//! Reversals that wait for a second person, and what became of those before.

use domain::correction::{Decision, RequestState};
use domain::id::SaleId;
use domain::order::parse_reason;
use domain::wire::{ReversalDecision, ReversalRequest, ReversalRequests};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::head;
use crate::api;
use crate::components::dialog::{Ask, Weight, dialog};
use crate::components::field::{Control, Field, field};
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, language, t, told};
use crate::load::{Load, load};
use crate::state::State;

#[derive(Clone, Copy)]
struct List {
    state: State,
    all: Load<ReversalRequests>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
}

impl List {
    fn decide(self, id: SaleId, decision: Decision, reason: Option<String>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = api::decide_reversal(id, ReversalDecision { decision, reason }).await;
            // The reader may have left the page meanwhile.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(decided) => {
                    self.state.say(Toast::new(t!(office.decided, how = decided.state.word(language()))));
                }
                Err(error) => {
                    self.state.note(&error);
                    self.refused.set(Some(error.sentence()));
                }
            }
            // Whatever came of it, the list may look otherwise now.
            self.all.reload();
        });
    }
}

pub fn page(state: State) -> AnyView {
    let all: Load<ReversalRequests> = load(|| "requests".to_owned(), |_| api::reversal_requests());
    let list = List { state, all, busy: RwSignal::new(false), refused: RwSignal::new(None) };
    let inside = move || match (all.value.get(), all.error.get()) {
        (Some(it), _) => both(list, &it),
        (None, Some(error)) => load_failure(error.sentence(), all.on_retry()),
        (None, None) => loading_lines(8),
    };
    view! {
        {head(t!(office.reversals), t!(office.reversals_words), ().into_any())}
        {move || list.refused.get().map(refusal)}
        {inside}
    }
    .into_any()
}

fn both(list: List, it: &ReversalRequests) -> AnyView {
    let rule = match (it.consent_from_fen, &it.document) {
        (Some(from), Some(document)) => {
            t!(office.consent_from, amount = format::yuan_short(from), document = document)
        }
        _ => t!(office.no_consent_rule).to_owned(),
    };
    let (waiting, decided): (Vec<&ReversalRequest>, Vec<&ReversalRequest>) =
        it.items.iter().partition(|it| it.state == RequestState::Waiting);
    let drawn = |of: &[&ReversalRequest]| of.iter().map(|it| one(list, it)).collect::<Vec<_>>();
    let none = waiting.is_empty().then(|| view! { <p class="muted">{t!(office.none_waits)}</p> }.into_any());
    let before = (!decided.is_empty()).then(|| {
        view! { <section class="sec"><h2>{t!(office.decided_before)}</h2><ul class="ofc-list" role="list">{drawn(&decided)}</ul></section> }
            .into_any()
    });
    view! {
        <p>{rule}</p>
        <section class="sec" id="waiting"><h2>{t!(office.waits)}</h2>{none}<ul class="ofc-list" role="list">{drawn(&waiting)}</ul></section>
        {before}
    }
    .into_any()
}

fn one(list: List, it: &ReversalRequest) -> AnyView {
    let asked = t!(office.asked, who = it.asked_by, at = format::date_time(it.asked_at_ms));
    let decided = it.decided_by.as_ref().zip(it.decided_at_ms).map(|(who, at)| {
        let words = t!(office.decided_by, who = who, at = format::date_time(at));
        let reason = it.decision_reason.clone().map(|reason| t!(office.reason_is, reason = reason));
        view! { <p class="muted">{words}{reason}</p> }.into_any()
    });
    let less = (it.state == RequestState::Waiting && it.standing_fen != it.amount_fen).then(|| {
        let words = t!(office.stands_now, amount = format::yuan(it.standing_fen));
        view! { <p class="watch">{words}</p> }.into_any()
    });
    let what = t!(figures.which, sequence = it.sequence, product = it.product_name, buyer = it.buyer);
    let where_from = format!("{} · {}", it.sold_on, it.district);
    view! {
        <li data-request=it.id.to_string() data-state=it.state.code()>
            <h3>{what}</h3>
            <p><b class="num">{format::yuan(it.amount_fen)}</b>" "<span class="muted">{where_from}</span>" "<span class="tag">{it.state.word(language())}</span></p>
            <p lang=as_written()>{it.reason.clone()}</p>
            <p class="muted">{asked}</p>
            {less}{decided}
            {it.may_decide.then(|| answers(list, it.id))}
            {it.may_withdraw.then(|| withdraw(list, it.id))}
        </li>
    }
    .into_any()
}

fn withdraw(list: List, id: SaleId) -> AnyView {
    let press = move |_| list.decide(id, Decision::Withdraw, None);
    view! {
        <p class="muted">{t!(office.another_decides)}</p>
        <p class="tb"><button class="btn" type="button" data-withdraw="" on:click=press>{t!(office.withdraw)}</button></p>
    }
    .into_any()
}

fn answers(list: List, id: SaleId) -> AnyView {
    let (reason, sent) = (RwSignal::new(String::new()), RwSignal::new(0_u32));
    let (consenting, refusing) = (RwSignal::new(false), RwSignal::new(false));
    let error = Memo::new(move |_| parse_reason(&reason.get()).err().map(|refusal| told(refusal.sentence)));
    let consent = Callback::new(move |()| {
        consenting.set(false);
        list.decide(id, Decision::Consent, None);
    });
    let refuse = Callback::new(move |()| {
        sent.update(|sent| *sent += 1);
        if error.with_untracked(Option::is_none) {
            refusing.set(false);
            list.decide(id, Decision::Refuse, Some(reason.get_untracked()));
        }
    });
    let ask = |title: &str, confirm: &str| Ask {
        title: title.to_owned(),
        confirm: confirm.to_owned(),
        keep: t!(figures.not_yet),
        weight: Weight::Grave,
    };
    let asked = Field::new(format!("reason-{id}"), t!(office.why_not), reason).check(error, sent.into());
    let why = field(asked, Control::Long { rows: 3 });
    let words = view! { <p>{t!(office.consent_consequence)}</p> }.into_any();
    let busy = move || list.busy.get().then_some("true");
    view! {
        <p class="tb">
            <button class="btn do" type="button" data-consent="" aria-busy=busy on:click=move |_| consenting.set(true)>{t!(office.consent)}</button>
            <button class="btn" type="button" data-refuse="" on:click=move |_| refusing.set(true)>{t!(office.refuse)}</button>
        </p>
        {dialog(ask(t!(office.consent_title), t!(office.consent_and_write)), consenting, consent, words)}
        {dialog(ask(t!(office.refuse_title), t!(office.refuse)), refusing, refuse, why)}
    }
    .into_any()
}
