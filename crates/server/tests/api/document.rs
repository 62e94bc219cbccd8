//! The interface's description: whole in itself, and true of real answers.

use std::collections::BTreeSet;

use domain::Code;
use domain::order_life::State;
use domain::permission::Act;
use domain::wire::{ActionBody, InvoiceDue, InvoiceLine, NewReversal, PhotoOrder, SignIn, SignUp};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::photos::jpeg;
use crate::site::{
    Answer, PASSWORD, Site, acceptance, basket, invoice, new_lines, new_sale_id, payment, retail_basket, returned,
    shipment, transfer, whole,
};

// ---- reading it ---------------------------------------------------------------------------------------------------

/// The document as a running server serves it.
pub struct Document(Value);

/// One method of one address.
#[derive(Clone, Copy)]
pub struct Operation<'a> {
    pub method: &'a str,
    pub path: &'a str,
    of: &'a Map<String, Value>,
}

impl Document {
    pub async fn of(site: &Site) -> Document {
        let request = site.visitor().request_anywhere(reqwest::Method::GET, "/api/openapi.json");
        Document(Answer::to(request).await.json())
    }

    pub fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.0["paths"].as_object().expect("paths");
        let operations = paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().expect("the methods of an address");
            methods.iter().map(move |(method, of)| Operation {
                method,
                path,
                of: of.as_object().expect("an operation"),
            })
        });
        operations.collect()
    }

    pub fn operation(&self, id: &str) -> Operation<'_> {
        self.operations().into_iter().find(|it| it.id() == id).unwrap_or_else(|| panic!("no operation {id}"))
    }

    /// What does not fit `schema`, which may point into the document.
    fn misfits(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut schema = schema.clone();
        schema["components"] = self.0["components"].clone();
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// An answer is one of those described: its status, its body, and for a refusal its code.
    #[track_caller]
    pub fn expect_described(&self, operation: Operation<'_>, answer: &Answer) {
        let described = operation.response(answer.status);
        let about = format!("{} answers {} {}", operation.id(), answer.status, answer.text());
        if answer.body.is_empty() {
            assert_eq!(described.get("content"), None, "{about}");
            return;
        }
        let kind = answer.header("content-type").expect("a content type");
        let schema = &described["content"][kind]["schema"];
        assert!(schema.is_object(), "{about}, which is not described as {kind}");
        if !kind.ends_with("json") {
            return;
        }
        let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert_eq!(self.misfits(schema, &body), [""; 0], "{about}");
        if !(200..300).contains(&answer.status) {
            let codes = described["x-codes"].as_array().expect("codes");
            assert!(codes.contains(&body["code"]), "{about}, of {codes:?}");
        }
    }

    #[track_caller]
    fn expect_body_fits(&self, operation: &str, body: &impl Serialize) {
        let schema = &self.operation(operation).of["requestBody"]["content"]["application/json"]["schema"];
        let body = serde_json::to_value(body).expect("JSON");
        assert_eq!(self.misfits(schema, &body), [""; 0], "{operation} is asked {body}");
        let mut with_more = body;
        with_more["price_fen"] = json!(1);
        assert_ne!(self.misfits(schema, &with_more), [""; 0], "{operation} takes no price: {with_more}");
    }
}

impl<'a> Operation<'a> {
    pub fn id(self) -> &'a str {
        let id = self.of.get("operationId").and_then(Value::as_str);
        id.unwrap_or_else(|| panic!("{} {} has no operationId", self.method, self.path))
    }

    /// What it asks of the table of permissions.
    pub fn acts(self) -> Vec<Act> {
        let acts = self.of.get("x-acts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        assert!(!acts.is_empty(), "{} asks nothing of the table of permissions: add `asks(…)` in routes.rs", self.id());
        let act = |code: &Value| Act::from_code(code.as_str().unwrap_or_default());
        acts.iter().map(|code| act(code).unwrap_or_else(|| panic!("{} asks for {code}", self.id()))).collect()
    }

    #[track_caller]
    fn response(self, status: u16) -> &'a Value {
        let described = self.responses().get(&status.to_string());
        described.unwrap_or_else(|| panic!("{} answers {status}, which is not described", self.id()))
    }

    fn responses(self) -> &'a Map<String, Value> {
        self.of["responses"].as_object().expect("responses")
    }
}

// ---- whole in itself ----------------------------------------------------------------------------------------------

/// Every value of `$ref` below.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(members) => members.iter().for_each(|member| references(member, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_whole() {
    let document = Document::of(&Site::open().await).await;
    assert_eq!(document.0["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(document.0["servers"][0]["url"], domain::wire::API);
    let mut found = BTreeSet::new();
    references(&document.0, &mut found);
    assert!(found.len() > 20, "bodies are described: {found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("a place in the document");
        assert!(document.0.pointer(pointer).is_some(), "nothing at {reference}");
    }
    let operations = document.operations();
    let ids: BTreeSet<&str> = operations.iter().map(|operation| operation.id()).collect();
    assert_eq!(ids.len(), operations.len(), "one id for each operation");
    operations.into_iter().for_each(check_described);
}

/// What is done, what comes back, and every refusal are said.
fn check_described(operation: Operation<'_>) {
    let id = operation.id();
    assert!(operation.of.get("summary").is_some_and(|text| text != ""), "{id} says what it does");
    let has_body = ["post", "put"].contains(&operation.method);
    assert_eq!(operation.of.contains_key("requestBody"), has_body, "{id} describes its body");
    let open = operation.acts().iter().any(|act| domain::permission::may_ever(None, *act));
    assert_eq!(operation.of.contains_key("security"), !open, "{id} says whether one signs in");
    assert_eq!(operation.responses().contains_key("401"), !open || id == "sign_in", "{id}");
    assert!(operation.responses().keys().any(|status| status.starts_with('2')), "{id} succeeds with something");
    for (status, refusal) in operation.responses().iter().filter(|(status, _)| !status.starts_with('2')) {
        let schema = &refusal["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(schema, "#/components/schemas/Problem", "{id} {status}");
        let said = refusal["description"].as_str().expect("a description");
        for code in refusal["x-codes"].as_array().into_iter().flatten() {
            let code = Code::from_code(code.as_str().expect("text")).expect("a code");
            assert!(said.contains(code.code()) && said.contains(code.zh()), "{id} {status}: {said}");
        }
    }
}

// ---- true of real requests and answers ----------------------------------------------------------------------------

#[tokio::test]
async fn what_the_app_sends_is_described() {
    let document = Document::of(&Site::open().await).await;
    document.expect_body_fits("sign_in", &SignIn { login: "zhenhai.officer".into(), password: PASSWORD.into() });
    document.expect_body_fits("place_orders", &basket(&[&[("庆元香菇", 50)], &[("龙泉香菇", 50)]]));
    document.expect_body_fits("arrange_photos", &PhotoOrder { hashes: vec!["0".repeat(32).parse().expect("a hash")] });
    document.expect_body_fits("sign_up", &SignUp { login: "13800000001".into(), password: PASSWORD.into() });
    document.expect_body_fits("place_retail_orders", &retail_basket(&[&[("庆元香菇", 2)]]));
    document.expect_body_fits("record_payment", &payment());
    let line = InvoiceLine { name: "庆元香菇".into(), quantity: 1, unit_price_fen: 100, amount_fen: 100 };
    let due = InvoiceDue {
        title: "镇海区示例石化工会联合会".into(),
        buyer_uscc: "81330211MC00010312".into(),
        lines: vec![line],
        amount_fen: domain::Money::from_fen(100),
    };
    document.expect_body_fits("reverse_sale", &NewReversal { id: new_sale_id(), reason: "重复".into() });
    for body in [
        ActionBody::Submit { lines: Some(new_lines(&[("庆元香菇", 50)])), exception_reason: None },
        ActionBody::Approve {},
        ActionBody::SendBack { reason: "重算".into() },
        ActionBody::Confirm { lines: Vec::new() },
        shipment("YZ0001"),
        ActionBody::Accept { point: None, lines: acceptance(&[(49, 1)]) },
        ActionBody::Cancel { reason: "不要了".into() },
        ActionBody::Close { point: Some(1), reason: "减产".into() },
        returned(1, 1, 1, "发霉"),
        ActionBody::Invoice { invoice: invoice("25332000000012345678", &due) },
        ActionBody::Transfer { transfer: transfer("HD-0001", 100) },
    ] {
        document.expect_body_fits("act_on_order", &body);
    }
}

/// Answers that the walk through the permissions does not come by.
#[tokio::test]
async fn refusals_and_full_answers_are_as_described() {
    let site = Site::open().await;
    let document = Document::of(&site).await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let city = site.sign_in("ningbo.city").await;
    let order = site.order_in(State::Shipped, "zhenhai", &[("庆元香菇", 50), ("庆元竹筷", 50)]).await;
    let id = order.summary.id;
    let check = |operation: &str, status: u16, answer: Answer| {
        assert_eq!(answer.status, status, "{operation} {}", answer.text());
        document.expect_described(document.operation(operation), &answer);
    };

    check("sign_in", 401, site.visitor().try_password("zhenhai.officer", "wrong").await);
    check("sign_in", 422, site.visitor().try_password("", "").await);
    check("sign_in", 400, site.visitor().post("/sessions", &json!({ "login": 1 })).await);
    check("list_products", 422, officer.get("/products?limit=many").await);
    check("see_product", 404, officer.get("/products/1").await);
    check("place_orders", 422, officer.place(&basket(&[])).await);
    let mut again = basket(&[&[("庆元香菇", 50)]]);
    again.orders[0].id = id;
    check("place_orders", 409, officer.place(&again).await);
    let merchant = site.sign_in("qingyuan.merchant").await;
    check("upload_photo", 422, merchant.upload("庆元香菇", "no photo").await);
    check("upload_photo", 201, merchant.upload("庆元香菇", jpeg(300, 300)).await);
    check("upload_photo", 200, merchant.upload("庆元香菇", jpeg(300, 300)).await);
    check("arrange_photos", 409, merchant.arrange_photos("庆元香菇", Vec::new()).await);
    check("list_orders", 422, officer.get("/orders?state=lost").await);
    check("act_on_order", 409, chair.approve(id).await);
    check("act_on_order", 422, officer.accept(id, &[(50, 0)]).await);
    check("act_on_order", 200, officer.accept(id, &whole(&order)).await);
    check("see_order", 200, officer.get(&format!("/orders/{id}")).await);
    check("see_tally", 200, city.get("/tally").await);
    check("see_tally", 422, city.get("/tally?year=1999").await);
    check("list_sales", 422, city.get("/sales?month=13").await);
    let sale = city.all_sales("").await.remove(0);
    check("reverse_sale", 422, city.reverse(sale.id, new_sale_id(), "").await);
    check("reverse_sale", 201, city.reverse(sale.id, new_sale_id(), "重复").await);
    check("reverse_sale", 409, city.reverse(sale.id, new_sale_id(), "重复").await);
    check("reverse_sale", 404, city.reverse(new_sale_id(), new_sale_id(), "重复").await);
    check("list_sales", 200, city.get("/sales").await);
}
