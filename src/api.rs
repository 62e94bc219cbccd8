//! The server, as the app sees it: one function for each endpoint, and three ways in which asking can fail.
//!
//! The only file that names `reqwasm`. Its 0.5 has no way to write a query or a JSON body, and its errors cannot be
//! cloned: both are done here. Everything that does not depend on the type of an answer is in `ask`, once.

use domain::attachment::AttachmentKind;
use domain::id::{
    ApplicationId, AttachmentId, EvidenceId, OrderId, PairId, ProductId, PurchaseId, ReportId, SaleId, uuid_v7,
};
use domain::occasion::Occasion;
use domain::photo::PhotoHash;
use domain::read::{Read, Tree};
use domain::wire::{self, API, Problem};
use domain::{Code, wire::Order};
use gloo::events::EventListener;
use leptos::prelude::{document, window};
use leptos::wasm_bindgen::JsCast;
use reqwasm::http::{Method, Request};
use serde::Serialize;
use uuid::Uuid;
use wasm_bindgen_futures::JsFuture;

use crate::language::{language, t};
use crate::offline;
use crate::route::query;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// The person can do something about it; `detail` says what.
    Refused(Box<Problem>),
    /// The network did not carry the question or the answer.
    Unreachable,
    /// Our own fault: an error of the server, or an answer that does not read. The id is what its log knows it by.
    Broken { request_id: Option<String> },
}

impl ApiError {
    /// The sentence to show; of a fault of ours with the id of the request below it, as `components::problem` shows it.
    pub fn sentence(&self) -> String {
        match self {
            Self::Refused(problem) => problem.detail.clone(),
            Self::Unreachable => t!(frame.unreachable).to_owned(),
            Self::Broken { request_id } => {
                let mut sentence = t!(frame.broken).to_owned();
                if let Some(id) = request_id {
                    sentence.push('\n');
                    sentence.push_str(&t!(frame.request_id, id = id));
                }
                sentence
            }
        }
    }

    /// The stable code of a refusal.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(problem) => Code::from_code(&problem.code),
            _ => None,
        }
    }

    pub fn is(&self, code: Code) -> bool {
        matches!(self, Self::Refused(problem) if problem.code == code.code())
    }

    /// All wrong fields with their sentences: one for most refusals, several for a form.
    pub fn fields(&self) -> Vec<(String, String)> {
        let Self::Refused(problem) = self else { return Vec::new() };
        if problem.errors.is_empty() {
            return problem.field.iter().map(|field| (field.clone(), problem.detail.clone())).collect();
        }
        problem.errors.iter().map(|error| (error.field.clone(), error.detail.clone())).collect()
    }
}

type Answer<T> = Result<T, ApiError>;

// ---- sessions -----------------------------------------------------------------------------------------------------

/// Makes an account for a person who buys, and signs in.
pub async fn sign_up(who: wire::SignUp) -> Answer<wire::Session> {
    post("/accounts".to_owned(), &who).await
}

pub async fn sign_in(who: wire::SignIn) -> Answer<wire::Session> {
    post("/sessions".to_owned(), &who).await
}

/// Who is signed in here; nobody is an answer too.
pub async fn current_session() -> Answer<Option<wire::Session>> {
    match get("/sessions/current".to_owned()).await {
        Ok(session) => Ok(Some(session)),
        Err(error) if error.is(Code::SignInNeeded) => Ok(None),
        Err(error) => Err(error),
    }
}

pub async fn sign_out() -> Answer<()> {
    ask(Method::DELETE, "/sessions/current".to_owned(), None, None).await.map(drop)
}

// ---- products -----------------------------------------------------------------------------------------------------
// Lists take their query as it comes out of `route::query`: `?brand=&county=&category=&q=&ids=&after=&limit=`.

pub async fn products(query: String) -> Answer<wire::Products> {
    get(format!("/products{query}")).await
}

/// All products with these ids, a comma list, however many pages they fill.
pub async fn products_by_id(ids: String) -> Answer<wire::Products> {
    let page = |after: &str| products(query(&[("ids", &ids), ("after", after), ("limit", "100")]));
    let mut all = page("").await?;
    while let Some(next) = all.next.take() {
        let more = page(&next).await?;
        all.items.extend(more.items);
        all.next = more.next;
    }
    Ok(all)
}

/// Sends a photo. `on_progress` is told how many percent have gone; fetch does not tell, so this one request is made the old
/// way.
pub async fn upload_photo(
    id: ProductId,
    file: &web_sys::File,
    on_progress: impl Fn(u32) + 'static,
) -> Answer<wire::Photos> {
    read(sent(&format!("{API}/products/{id}/photos"), file, Box::new(on_progress)).await)
}

/// Has a list read from a spreadsheet. `on_progress` as for a photo.
pub async fn preview_list(file: &web_sys::File, on_progress: impl Fn(u32) + 'static) -> Answer<wire::ListPreview> {
    read(sent(&format!("{API}/delivery-lists/preview"), file, Box::new(on_progress)).await)
}

/// The rows as a spreadsheet that says what is wrong with them.
pub async fn marked_list(rows: Vec<wire::ListRow>, bundles: Vec<String>) -> Answer<web_sys::Blob> {
    made("/delivery-lists/marked", &wire::ListRows { rows, bundles }).await
}

/// A file the server makes of a body.
async fn made(path: &str, body: &impl Serialize) -> Answer<web_sys::Blob> {
    let body = serde_json::to_string(body).expect("bodies are plain values, and plain values are JSON");
    let request = Request::new(&format!("{API}{path}")).method(Method::POST);
    let request = request.header("accept-language", language().code()).header("content-type", "application/json");
    let response = request.body(body).send().await.map_err(|_| ApiError::Unreachable)?;
    if !response.ok() {
        return Err(refused_or_broken(&response.text().await.map_err(|_| ApiError::Unreachable)?));
    }
    let bytes = response.binary().await.map_err(|_| ApiError::Unreachable)?;
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes.as_slice()));
    web_sys::Blob::new_with_u8_array_sequence(&parts).map_err(|_| ApiError::Unreachable)
}

/// Where the template of such a list is.
pub fn list_template() -> String {
    format!("{API}/delivery-lists/template.xlsx")
}

async fn sent(url: &str, file: &web_sys::Blob, on_progress: Box<dyn Fn(u32)>) -> Answer<String> {
    let not_sent = |_| ApiError::Unreachable;
    let request = web_sys::XmlHttpRequest::new().map_err(not_sent)?;
    request.open("POST", url).map_err(not_sent)?;
    request.set_request_header("accept", "application/json").map_err(not_sent)?;
    let _progress = request.upload().ok().map(|upload| {
        EventListener::new(&upload, "progress", move |event| {
            let event = event.unchecked_ref::<web_sys::ProgressEvent>();
            // Counts of bytes are floats in JavaScript.
            let (gone, all) = (event.loaded() as u64, event.total() as u64);
            on_progress(u32::try_from(gone * 100 / all.max(1)).unwrap_or(100));
        })
    });
    // However it ends: answered, broken off or never begun.
    let ended = js_sys::Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    request.send_with_opt_blob(Some(file)).map_err(not_sent)?;
    let _ = JsFuture::from(ended).await;
    let text = request.response_text().ok().flatten().unwrap_or_default();
    match request.status() {
        Ok(200..=299) => Ok(text),
        Ok(0) | Err(_) => Err(ApiError::Unreachable),
        Ok(_) => Err(refused_or_broken(&text)),
    }
}

pub async fn arrange_photos(id: ProductId, order: wire::PhotoOrder) -> Answer<wire::Photos> {
    put(format!("/products/{id}/photos"), &order).await
}

pub async fn remove_photo(id: ProductId, hash: PhotoHash) -> Answer<wire::Photos> {
    read(ask(Method::DELETE, format!("/products/{id}/photos/{hash}"), None, None).await)
}

// ---- the public total, counties and brands, festivals --------------------------------------------------------------

/// This year's.
pub async fn public_total() -> Answer<wire::PublicTotal> {
    get("/public-total".to_owned()).await
}

pub async fn county(id: String) -> Answer<wire::County> {
    get(format!("/counties/{id}")).await
}

pub async fn brand(code: String) -> Answer<wire::BrandSales> {
    get(format!("/brands/{code}")).await
}

pub async fn festivals() -> Answer<wire::Festivals> {
    get("/festivals".to_owned()).await
}

/// `?year=`
pub async fn seasons(query: String) -> Answer<wire::Seasons> {
    get(format!("/seasons{query}")).await
}

/// `dragon_boat?year=&after=&limit=`
pub async fn festival_goods(festival: String) -> Answer<wire::FestivalGoods> {
    get(format!("/seasons/{festival}")).await
}

// ---- buying as a person -------------------------------------------------------------------------------------------

pub async fn checkout() -> Answer<wire::Checkout> {
    get("/checkout".to_owned()).await
}

pub async fn place_retail_orders(orders: wire::NewRetailOrders) -> Answer<wire::Orders> {
    post("/retail-orders".to_owned(), &orders).await
}

pub async fn helped() -> Answer<wire::Helped> {
    get("/helped".to_owned()).await
}

// ---- orders -------------------------------------------------------------------------------------------------------

/// Places all orders of a basket, or none. The answer holds the orders just made.
pub async fn place_orders(orders: wire::NewOrders) -> Answer<wire::Orders> {
    post("/orders".to_owned(), &orders).await
}

/// `?state=&after=&limit=`
pub async fn orders(query: String) -> Answer<wire::Orders> {
    get(format!("/orders{query}")).await
}

pub async fn order(id: String) -> Answer<Order> {
    get(format!("/orders/{id}")).await
}

pub async fn act_on_order(id: OrderId, action: wire::ActionBody) -> Answer<Order> {
    post(format!("/orders/{id}/actions"), &action).await
}

/// What comes to the point that a code opens.
pub async fn acceptance(code: String) -> Answer<wire::PointToAccept> {
    get(format!("/acceptances/{code}")).await
}

pub async fn record_payment(id: OrderId, payment: wire::NewPayment) -> Answer<Order> {
    post(format!("/orders/{id}/payment"), &payment).await
}

// ---- plan, bundles, rules, procedure ------------------------------------------------------------------------------

pub async fn plan(year: String) -> Answer<wire::Plan> {
    get(format!("/plans/{year}")).await
}

pub async fn change_plan(year: i64, plan: wire::NewPlan) -> Answer<wire::Plan> {
    put(format!("/plans/{year}"), &plan).await
}

pub async fn record_purchase(purchase: wire::NewPurchase) -> Answer<wire::Plan> {
    post("/purchases".to_owned(), &purchase).await
}

pub async fn remove_purchase(id: PurchaseId) -> Answer<()> {
    ask(Method::DELETE, format!("/purchases/{id}"), None, None).await.map(drop)
}

/// `labour?goods=`
pub async fn bundles(of: String) -> Answer<wire::BundlePlan> {
    get(format!("/bundles/{of}")).await
}

pub async fn keep_bundles(occasion: Occasion, plan: wire::NewBundlePlan) -> Answer<wire::BundlePlan> {
    put(format!("/bundles/{}", occasion.code()), &plan).await
}

pub async fn propose_bundles(wanted: wire::WantedBundles) -> Answer<wire::BundleProposals> {
    post("/bundles/proposals".to_owned(), &wanted).await
}

pub async fn rules() -> Answer<wire::Rules> {
    get("/rules".to_owned()).await
}

pub async fn add_rule(rule: wire::NewRule) -> Answer<wire::Rules> {
    post("/rules".to_owned(), &rule).await
}

pub async fn procedure(order: String) -> Answer<wire::Procedure> {
    get(format!("/orders/{order}/procedure")).await
}

pub async fn compare_offers(order: OrderId, comparison: wire::NewComparison) -> Answer<wire::Procedure> {
    put(format!("/orders/{order}/comparison"), &comparison).await
}

pub async fn attachments(order: String) -> Answer<wire::Attachments> {
    get(format!("/orders/{order}/attachments")).await
}

/// The name is what it will be called; it need not be the file's own.
pub async fn add_attachment(
    order: OrderId,
    kind: AttachmentKind,
    file: &web_sys::File,
    name: &str,
) -> Answer<wire::Attachments> {
    let named = query(&[("kind", kind.code()), ("name", name)]);
    read(sent(&format!("{API}/orders/{order}/attachments{named}"), file, Box::new(|_| ())).await)
}

// ---- papers -------------------------------------------------------------------------------------------------------

pub async fn papers(order: String) -> Answer<wire::Papers> {
    get(format!("/orders/{order}/papers")).await
}

/// `{order}/papers/{paper}`
pub async fn paper(of: String) -> Answer<wire::Paper> {
    get(format!("/orders/{of}")).await
}

/// Where the workbook of a paper is.
pub fn workbook_address(order: &str, paper: &str) -> String {
    format!("{API}/orders/{order}/papers/{paper}/paper.xlsx")
}

/// Where all papers of an order are, as one archive.
pub fn packet_address(order: &str) -> String {
    format!("{API}/orders/{order}/papers.zip")
}

/// Where the square is that opens the acceptance of a point.
pub fn square_address(code: &str) -> String {
    format!("{API}/acceptances/{code}/qr.svg")
}

pub async fn remove_attachment(id: AttachmentId) -> Answer<()> {
    ask(Method::DELETE, format!("/attachments/{id}"), None, None).await.map(drop)
}

/// Where the content of an attachment is.
pub fn attachment_address(id: AttachmentId) -> String {
    format!("{API}/attachments/{id}")
}

// ---- a merchant's own goods ---------------------------------------------------------------------------------------

/// `?status=&q=&after=&limit=`
pub async fn goods_list(query: String) -> Answer<wire::GoodsList> {
    get(format!("/goods{query}")).await
}

pub async fn goods(id: String) -> Answer<wire::GoodsItem> {
    get(format!("/goods/{id}")).await
}

pub async fn goods_choices() -> Answer<wire::GoodsChoices> {
    get("/goods/choices".to_owned()).await
}

pub async fn create_goods(goods: wire::NewGoods) -> Answer<wire::GoodsItem> {
    post("/goods".to_owned(), &goods).await
}

pub async fn change_goods(id: ProductId, goods: wire::ChangedGoods) -> Answer<wire::GoodsItem> {
    put(format!("/goods/{id}"), &goods).await
}

pub async fn step_goods(id: ProductId, step: wire::GoodsStep) -> Answer<wire::GoodsItem> {
    post(format!("/goods/{id}/steps"), &step).await
}

pub async fn record_licence(licence: wire::NewLicence) -> Answer<wire::Licences> {
    post("/licences".to_owned(), &licence).await
}

/// Where the goods are as a workbook; of one status, or all of them.
pub fn goods_sheet(status: &str) -> String {
    format!("{API}/goods/sheet.xlsx{}", query(&[("status", status)]))
}

/// What a workbook of goods would change. `on_progress` as for a photo.
pub async fn preview_goods(file: &web_sys::File, on_progress: impl Fn(u32) + 'static) -> Answer<wire::GoodsPreview> {
    read(sent(&format!("{API}/goods/sheet/preview"), file, Box::new(on_progress)).await)
}

/// Applies a workbook that was previewed.
pub async fn apply_goods(
    file: &web_sys::File,
    digest: &str,
    on_progress: impl Fn(u32) + 'static,
) -> Answer<wire::GoodsApplied> {
    let named = query(&[("digest", digest)]);
    read(sent(&format!("{API}/goods/sheet{named}"), file, Box::new(on_progress)).await)
}

// ---- what waits for whom ------------------------------------------------------------------------------------------

pub async fn desk() -> Answer<wire::Desk> {
    get("/desk".to_owned()).await
}

pub async fn desk_seen(seen: wire::Seen) -> Answer<()> {
    let body = serde_json::to_string(&seen).expect("bodies are plain values, and plain values are JSON");
    ask(Method::POST, "/desk/seen".to_owned(), Some(body), None).await.map(drop)
}

/// `?month=`
pub async fn statement(query: String) -> Answer<wire::Statement> {
    get(format!("/statement{query}")).await
}

/// Where the workbook of a month's statement is.
pub fn statement_workbook(month: &str) -> String {
    format!("{API}/statement.xlsx{}", query(&[("month", month)]))
}

pub async fn apply_to_join(application: wire::NewApplication) -> Answer<wire::ApplicationStatus> {
    post("/applications".to_owned(), &application).await
}

pub async fn application(number: String) -> Answer<wire::ApplicationStatus> {
    get(format!("/applications/{number}")).await
}

pub async fn applications() -> Answer<wire::Applications> {
    get("/applications".to_owned()).await
}

pub async fn decide_application(id: ApplicationId, body: wire::DecisionBody) -> Answer<wire::Applications> {
    post(format!("/applications/{id}/decision"), &body).await
}

/// What the list of goods knows of the market beside its goods: the counties among it.
pub async fn one_product() -> Answer<wire::Products> {
    get("/products?limit=1".to_owned()).await
}

// ---- sales made elsewhere -----------------------------------------------------------------------------------------

/// `?state=&after=&limit=`
pub async fn reports(query: String) -> Answer<wire::Reports> {
    get(format!("/reports{query}")).await
}

pub async fn report(id: String) -> Answer<wire::Report> {
    get(format!("/reports/{id}")).await
}

pub async fn report_choices() -> Answer<wire::ReportChoices> {
    get("/reports/choices".to_owned()).await
}

/// All of a report at once; its files have been sent before.
pub async fn submit_report(report: wire::NewReport) -> Answer<wire::Report> {
    post("/reports".to_owned(), &report).await
}

/// The name is what it will be called; it need not be the file's own.
pub async fn add_evidence(report: ReportId, file: &web_sys::Blob, name: &str) -> Answer<wire::EvidenceList> {
    let named = query(&[("name", name)]);
    read(sent(&format!("{API}/reports/{report}/evidence{named}"), file, Box::new(|_| ())).await)
}

/// Where the content of a file of a report is.
pub fn evidence_address(report: ReportId, evidence: EvidenceId) -> String {
    format!("{API}/reports/{report}/evidence/{evidence}")
}

pub async fn decide_report(id: ReportId, decision: wire::ReportDecision) -> Answer<wire::Report> {
    post(format!("/reports/{id}/decision"), &decision).await
}

pub async fn decide_pair(report: ReportId, pair: PairId, verdict: wire::PairVerdict) -> Answer<wire::Report> {
    post(format!("/reports/{report}/pairs/{pair}"), &verdict).await
}

/// Has sales read from a spreadsheet. `on_progress` as for a photo.
pub async fn preview_sales(file: &web_sys::File, on_progress: impl Fn(u32) + 'static) -> Answer<wire::SalesPreview> {
    read(sent(&format!("{API}/reports/sheet/preview"), file, Box::new(on_progress)).await)
}

/// The rows as a spreadsheet that says what is wrong with them.
pub async fn marked_sales(rows: Vec<wire::SalesRow>) -> Answer<web_sys::Blob> {
    made("/reports/sheet/marked", &wire::SalesRows { rows }).await
}

/// Where the template of such a table is.
pub fn sales_template() -> String {
    format!("{API}/reports/template.xlsx")
}

// ---- the coordinator's figures ------------------------------------------------------------------------------------

/// `?year=&district=`
pub async fn tally(query: String) -> Answer<wire::Tally> {
    get(format!("/tally{query}")).await
}

/// `?district=`
pub async fn behind(query: String) -> Answer<wire::Behind> {
    get(format!("/behind{query}")).await
}

/// `?year=&from=&to=&month=&district=&county=&brand=&channel=&category=&pair=&after=&limit=`
pub async fn sales(query: String) -> Answer<wire::Sales> {
    get(format!("/sales{query}")).await
}

pub async fn reverse_sale(id: SaleId, reversal: wire::NewReversal) -> Answer<wire::SaleEntry> {
    post(format!("/sales/{id}/reversal"), &reversal).await
}

// ---- what the figures rest on -------------------------------------------------------------------------------------

/// `?year=&district=`
pub async fn months(query: String) -> Answer<wire::Months> {
    get(format!("/months{query}")).await
}

pub async fn close_month(month: String, close: wire::NewClose) -> Answer<wire::Months> {
    put(format!("/months/{month}/close"), &close).await
}

pub async fn reversal_requests() -> Answer<wire::ReversalRequests> {
    get("/reversal-requests".to_owned()).await
}

pub async fn ask_reversal(request: wire::NewReversalRequest) -> Answer<wire::ReversalRequest> {
    post("/reversal-requests".to_owned(), &request).await
}

pub async fn decide_reversal(id: SaleId, decision: wire::ReversalDecision) -> Answer<wire::ReversalRequest> {
    post(format!("/reversal-requests/{id}/decision"), &decision).await
}

pub async fn counting_rules() -> Answer<wire::CountingRules> {
    get("/counting-rules".to_owned()).await
}

pub async fn add_counting_rule(rule: wire::NewCountingRule) -> Answer<wire::CountingRules> {
    post("/counting-rules".to_owned(), &rule).await
}

/// `?year=`
pub async fn targets(query: String) -> Answer<wire::TargetSheet> {
    get(format!("/targets{query}")).await
}

pub async fn set_target(target: wire::NewTarget) -> Answer<wire::TargetSheet> {
    post("/targets".to_owned(), &target).await
}

/// Where a task sheet to fill in is.
pub fn target_template(year: &str) -> String {
    format!("{API}/targets/template.xlsx{}", query(&[("year", year)]))
}

/// What a task sheet would change. `on_progress` as for a photo.
pub async fn preview_targets(
    file: &web_sys::File,
    year: &str,
    on_progress: impl Fn(u32) + 'static,
) -> Answer<wire::TargetPreview> {
    let named = query(&[("year", year)]);
    read(sent(&format!("{API}/targets/sheet/preview{named}"), file, Box::new(on_progress)).await)
}

/// Takes a task sheet that was previewed.
pub async fn take_targets(
    file: &web_sys::File,
    of: &[(&str, &str)],
    on_progress: impl Fn(u32) + 'static,
) -> Answer<wire::TargetsTaken> {
    let named = query(of);
    read(sent(&format!("{API}/targets/sheet{named}"), file, Box::new(on_progress)).await)
}

/// `?year=&month=`
pub async fn bulletin(query: String) -> Answer<wire::Bulletin> {
    get(format!("/bulletin{query}")).await
}

/// Where the bulletin's document is; `?year=&month=`
pub fn bulletin_document(query: &str) -> String {
    format!("{API}/bulletin.docx{query}")
}

/// Where a table is for download: `sales`, `orders`, `targets` or `tally/{breakdown}`.
pub fn export(table: &str, format: domain::export::Format, query: &str) -> String {
    format!("{API}/{table}/export/{}{query}", format.code())
}

/// How a stream of figures stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamState {
    Open,
    /// Cut off; the browser is trying again by itself.
    Lost,
    /// The server has ended or refused it, and the browser will not try again.
    Ended,
}

/// The figures as they change, for as long as this value lives.
#[derive(Debug)]
pub struct FigureStream {
    source: web_sys::EventSource,
    listeners: Vec<EventListener>,
}

/// The coordinator's, with `?year=&district=`. None when the browser cannot.
pub fn tally_stream(
    query: &str,
    on_tally: impl Fn(wire::Tally) + 'static,
    on_state: impl Fn(StreamState) + Clone + 'static,
) -> Option<FigureStream> {
    FigureStream::open(&format!("/tally/events{query}"), "tally", on_tally, on_state)
}

/// Everybody's. None when the browser cannot.
pub fn public_total_stream(
    on_total: impl Fn(wire::PublicTotal) + 'static,
    on_state: impl Fn(StreamState) + Clone + 'static,
) -> Option<FigureStream> {
    FigureStream::open("/public-total/events", "public_total", on_total, on_state)
}

/// The same, and a beat with the server's clock in milliseconds every few seconds.
pub fn tally_line(
    query: &str,
    on_tally: impl Fn(wire::Tally) + 'static,
    on_beat: impl Fn(i64) + 'static,
    on_state: impl Fn(StreamState) + Clone + 'static,
) -> Option<FigureStream> {
    let mut stream = tally_stream(query, on_tally, on_state)?;
    let beat = EventListener::new(&stream.source, "beat", move |event| {
        let text = event.dyn_ref::<web_sys::MessageEvent>().and_then(|event| event.data().as_string());
        if let Some(at_ms) = text.and_then(|text| text.parse().ok()) {
            on_beat(at_ms);
        }
    });
    stream.listeners.push(beat);
    Some(stream)
}

impl FigureStream {
    /// Hears nothing more, and the browser tries no more by itself. A listener may say so of its own stream.
    pub fn close(&self) {
        self.source.close();
    }

    fn open<T: Read>(
        path: &str,
        event: &'static str,
        on_figures: impl Fn(T) + 'static,
        on_state: impl Fn(StreamState) + Clone + 'static,
    ) -> Option<Self> {
        let source = web_sys::EventSource::new(&format!("{API}{path}")).ok()?;
        let figures = EventListener::new(&source, event, move |event| {
            let text = event.dyn_ref::<web_sys::MessageEvent>().and_then(|event| event.data().as_string());
            // What does not read is left out; the next event carries all figures again.
            if let Some(figures) = text.and_then(|text| parse(&text).ok()) {
                on_figures(figures);
            }
        });
        let say = on_state.clone();
        let open = EventListener::new(&source, "open", move |_| say(StreamState::Open));
        let watched = source.clone();
        let error = EventListener::new(&source, "error", move |_| {
            let ended = watched.ready_state() == web_sys::EventSource::CLOSED;
            on_state(if ended { StreamState::Ended } else { StreamState::Lost });
        });
        Some(Self { source, listeners: vec![figures, open, error] })
    }
}

impl Drop for FigureStream {
    fn drop(&mut self) {
        self.listeners.clear();
        self.close();
    }
}

// ---- identifiers --------------------------------------------------------------------------------------------------

/// A new UUIDv7, for `OrderId(api::new_id())` and `SaleId(api::new_id())`.
pub fn new_id() -> Uuid {
    let mut random = [0; 10];
    let drawn = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut random));
    drawn.expect("every browser that runs wasm draws random numbers");
    // The clock of JavaScript is a float of whole milliseconds.
    uuid_v7(js_sys::Date::now() as u64, &random)
}

// ---- asking -------------------------------------------------------------------------------------------------------

async fn get<T: Read>(path: String) -> Answer<T> {
    read(ask(Method::GET, path, None, None).await)
}

/// What the page asks first, the server has answered in the page itself; once, since later it may have changed.
fn came_with_page(path: &str) -> Option<String> {
    let answer = document().get_element_by_id("first")?;
    let is_asked = answer.get_attribute("data-of").as_deref() == Some(path) && !answer.has_attribute("data-taken");
    if !is_asked {
        return None;
    }
    answer.set_attribute("data-taken", "").ok()?;
    answer.text_content()
}

/// An answer as it stands, for what is kept (`cache.rs`). `signal` gives up asking.
pub async fn text(path: &str, signal: Option<web_sys::AbortSignal>) -> Answer<String> {
    ask(Method::GET, path.to_owned(), None, signal).await
}

async fn post<T: Read>(path: String, body: &impl Serialize) -> Answer<T> {
    let body = serde_json::to_string(body).expect("bodies are plain values, and plain values are JSON");
    read(ask(Method::POST, path, Some(body), None).await)
}

async fn put<T: Read>(path: String, body: &impl Serialize) -> Answer<T> {
    let body = serde_json::to_string(body).expect("bodies are plain values, and plain values are JSON");
    read(ask(Method::PUT, path, Some(body), None).await)
}

fn read<T: Read>(answer: Answer<String>) -> Answer<T> {
    parse(&answer?)
}

pub fn parse<T: Read>(text: &str) -> Answer<T> {
    Tree::of(text).and_then(T::read).ok_or(ApiError::Broken { request_id: None })
}

/// Sends one question and gives back the text of the answer.
async fn ask(
    method: Method,
    path: String,
    body: Option<String>,
    signal: Option<web_sys::AbortSignal>,
) -> Answer<String> {
    if let Some(answer) = matches!(method, Method::GET).then(|| came_with_page(&path)).flatten() {
        return Ok(answer);
    }
    let request = Request::new(&format!("{API}{path}")).method(method).header("accept", "application/json");
    // The language of the page, whatever the browser would ask for; the service worker keeps answers by it.
    let request = request.header("accept-language", language().code());
    let mut request = request.abort_signal(signal.as_ref());
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body);
    }
    let response = request.send().await.map_err(|_| ApiError::Unreachable)?;
    offline::heard(response.headers().get(offline::SEEN_BEFORE).is_some());
    let text = response.text().await.map_err(|_| ApiError::Unreachable)?;
    if response.ok() { Ok(text) } else { Err(refused_or_broken(&text)) }
}

/// Busy is a 5xx too, but one with a sentence for the person. Other 5xx are ours, whatever they carry.
fn refused_or_broken(text: &str) -> ApiError {
    match parse::<Problem>(text) {
        Ok(problem) if problem.code != Problem::BROKEN => ApiError::Refused(Box::new(problem)),
        Ok(problem) => ApiError::Broken { request_id: problem.request_id },
        Err(_) => ApiError::Broken { request_id: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(errors: &str) -> ApiError {
        let json = format!(
            r#"{{"type":"urn:x","title":"有一项填写不对","status":422,"code":"bad_field","detail":"填写账号","field":"login","errors":{errors}}}"#
        );
        ApiError::Refused(Box::new(serde_json::from_str(&json).expect("a problem")))
    }

    #[test]
    fn a_refusal_names_its_fields() {
        let one = problem("[]");
        assert!(one.is(Code::BadField));
        assert_eq!(one.fields(), [("login".to_owned(), "填写账号".to_owned())]);
        let two = problem(
            r#"[{"field":"a","code":"bad_field","detail":"一"},{"field":"b","code":"bad_field","detail":"二"}]"#,
        );
        assert_eq!(two.fields().len(), 2);
    }

    #[test]
    fn a_fault_of_ours_is_one_plain_sentence() {
        let broken = |json: &str| refused_or_broken(json);
        let named = broken(
            r#"{"type":"about:blank","title":"系统出了故障","status":500,"code":"broken","detail":"","request_id":"a1"}"#,
        );
        assert_eq!(named.sentence(), "系统出了故障，已经记下，请过一会儿再试\n编号 a1");
        assert_eq!(named.code(), None);
        assert_eq!(broken("<html>").sentence(), "系统出了故障，已经记下，请过一会儿再试");
    }
}
