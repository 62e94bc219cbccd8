//! Whose turn it is, and what became of it: queues, home pages, notices, the merchant's month, and who asks to join.

use std::collections::BTreeMap;

use domain::application::ApplicationState;
use domain::id::{ApplicationId, OrderId};
use domain::order_life::{Action, State};
use domain::organisation::Role;
use domain::queue::{Facts, InvoiceState, Queue};
use domain::statement::RowKind;
use domain::uscc::Uscc;
use domain::wire::{
    ActionBody, ApplicationStatus, Applications, ConfirmedLine, DecisionBody, Desk, NewApplication, Order, Orders,
    QueueCount, Seen, Session, Statement,
};
use uuid::Uuid;

use crate::site::{PASSWORD, Person, Site, basket, invoice, new_invoice_number, payment, product, returned, shipment};

// ---- queues -------------------------------------------------------------------------------------------------------

/// Where an order stands, read from the order as a page shows it and not from the database.
fn facts(order: &Order) -> Facts {
    let points = || order.points.iter();
    let to_ship = |it: &domain::wire::PointLine| {
        it.confirmed.is_some_and(|confirmed| confirmed.get() > it.shipped.get() + it.closed.get())
    };
    let countable = |point: &domain::wire::Point| {
        point.lines.iter().any(|it| it.shipped.get() > 0 && it.accepted.is_none()) && !point.lines.iter().any(to_ship)
    };
    let kept = order.lines.iter().any(|line| line.accepted.is_some_and(|accepted| accepted > line.returned));
    let invoice = match order.invoices.first() {
        _ if !kept => InvoiceState::Nothing,
        None => InvoiceState::Missing,
        Some(invoice) if invoice.differences.is_empty() => InvoiceState::Right,
        Some(_) => InvoiceState::Differs,
    };
    Facts {
        state: order.summary.state,
        union: order.summary.occasion.is_some(),
        to_ship: points().any(|point| point.lines.iter().any(to_ship)),
        to_count: points().any(countable),
        invoice,
        paid: order.payment.is_some(),
    }
}

/// Orders that stand in as many ways as there are, all of one union, one person and one merchant.
async fn orders_of_all_kinds(site: &Site) {
    let goods: &[(&str, i64)] = &[("庆元香菇", 60), ("庆元花菇", 10)];
    let chair = site.sign_in("zhenhai.chair").await;
    let (officer, merchant) = (site.sign_in("zhenhai.officer").await, site.sign_in("qingyuan.merchant").await);
    let sent_back = site.order_in(State::Submitted, "zhenhai", goods).await.summary.id;
    chair.send_back(sent_back, "重算").await.order();
    for state in [State::Submitted, State::Approved, State::Approved, State::Confirmed, State::Shipped] {
        site.order_in(state, "zhenhai", goods).await;
    }
    for state in [State::Accepted, State::Settled] {
        site.order_in(state, "zhenhai", goods).await;
    }
    let cancelled = site.order_in(State::Approved, "zhenhai", goods).await.summary.id;
    officer.cancel(cancelled, "不要了").await.order();
    // Some of it shipped, the rest still to come.
    let parted = site.order_in(State::Confirmed, "zhenhai", goods).await.summary.id;
    let lines = vec![domain::wire::ShippedLine { line: 1, quantity: 5, batch: None, best_before: None }];
    let some = ActionBody::Ship { carrier: "邮政快递".into(), tracking_no: "P1".into(), point: Some(1), lines };
    merchant.act(parted, &some).await.order();
    // One invoice that is right, one that is not, one that a return has made wrong, and goods that all went back.
    for wrong in [false, true] {
        let order = site.order_in(State::Accepted, "zhenhai", goods).await;
        let due = merchant.order(order.summary.id).await.invoice_due.expect("what to invoice");
        let mut printed = invoice(&new_invoice_number(), &due);
        if wrong {
            printed.lines[0].quantity += 1;
        }
        merchant.act(order.summary.id, &ActionBody::Invoice { invoice: printed }).await.order();
    }
    let order = site.order_in(State::Accepted, "zhenhai", goods).await;
    let due = merchant.order(order.summary.id).await.invoice_due.expect("what to invoice");
    let printed = invoice(&new_invoice_number(), &due);
    merchant.act(order.summary.id, &ActionBody::Invoice { invoice: printed }).await.order();
    officer.act(order.summary.id, &returned(1, 1, 3, "发霉")).await.order();
    let all_back = site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 60)]).await.summary.id;
    officer.act(all_back, &returned(1, 1, 60, "发霉")).await.order();
    for state in [State::Approved, State::Shipped, State::Accepted] {
        site.retail_order_in(state, &[("庆元香菇", 2)]).await;
    }
    let paid = site.retail_order_in(State::Accepted, &[("庆元香菇", 2)]).await.summary.id;
    assert_eq!(merchant.record_payment(paid, &payment()).await.status, 200);
}

#[tokio::test]
async fn the_lists_and_counts_of_queues_are_what_the_law_says_of_each_order() {
    let site = Site::open().await;
    orders_of_all_kinds(&site).await;
    let mut seen = 0;
    for (login, role) in [
        ("zhenhai.officer", Role::UnionOfficer),
        ("zhenhai.chair", Role::UnionChair),
        ("qingyuan.merchant", Role::Merchant),
        ("buyer", Role::Buyer),
        ("ningbo.city", Role::CityCoordinator),
    ] {
        let person = site.sign_in(login).await;
        let mut expected: BTreeMap<Queue, Vec<OrderId>> =
            Queue::of_role(role).iter().map(|queue| (*queue, Vec::new())).collect();
        for summary in person.all_orders().await {
            // A coordinator is not shown what an invoice says, and no queue of theirs asks for it.
            let order = person.order(summary.id).await;
            if let Some(queue) = Queue::of(role, &facts(&order)) {
                expected.entry(queue).or_default().push(summary.id);
            }
        }
        for queue in Queue::ALL {
            let listed: Orders = person.get(&format!("/orders?queue={}&limit=100", queue.code())).await.json();
            let mut found: Vec<OrderId> = listed.items.iter().map(|order| order.id).collect();
            let mut wanted = expected.get(queue).cloned().unwrap_or_default();
            found.sort();
            wanted.sort();
            assert_eq!(found, wanted, "{login} {}", queue.code());
            seen += found.len();
        }
        let listed: Orders = person.get("/orders").await.json();
        let count = |queue: &Queue| QueueCount { queue: *queue, count: expected[queue].len() as i64 };
        assert_eq!(listed.queues, Queue::of_role(role).iter().map(count).collect::<Vec<_>>(), "{login}");
    }
    assert!(seen > 15, "the samples fill the queues: {seen}");
    site.sign_in("zhenhai.officer").await.get("/orders?queue=to_dream").await.refused_at(422, "bad_field", "queue");
}

// ---- the desk -----------------------------------------------------------------------------------------------------

async fn desk(person: &Person) -> Desk {
    person.get("/desk").await.json()
}

fn told(desk: &Desk) -> Vec<(Action, Option<&str>)> {
    desk.notices.iter().map(|it| (it.action, it.note.as_deref())).collect()
}

#[tokio::test]
async fn everybody_is_told_what_others_did_with_what_is_theirs() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let merchant = site.sign_in("qingyuan.merchant").await;
    for person in [&officer, &chair, &merchant] {
        let until_ms = desk(person).await.notices.first().map_or(0, |it| it.at_ms);
        assert_eq!(person.post("/desk/seen", &Seen { until_ms }).await.status, 204);
        assert_eq!(desk(person).await.unseen, 0);
    }
    let order = site.order_in(State::Approved, "zhenhai", &[("庆元香菇", 60)]).await;
    let id = order.summary.id;
    let less = ConfirmedLine { line: 1, quantity: 50, by_point: Vec::new(), reason: "减产".into() };
    merchant.act(id, &ActionBody::Confirm { lines: vec![less] }).await.order();
    merchant.act(id, &shipment("YZ-77")).await.order();

    let of_officer = desk(&officer).await;
    assert_eq!(of_officer.unseen, 3);
    let steps: Vec<Action> = of_officer.notices.iter().filter(|it| it.new).map(|it| it.action).collect();
    assert_eq!(steps, [Action::Ship, Action::Confirm, Action::Approve]);
    assert!(told(&of_officer)[1].1.is_some_and(|note| note.contains("减产")), "{:?}", told(&of_officer));
    let of_merchant = desk(&merchant).await;
    let news: Vec<Action> = of_merchant.notices.iter().filter(|it| it.new).map(|it| it.action).collect();
    assert_eq!(news, [Action::Approve], "what the union did before is its own");
    assert!(desk(&site.sign_in("yinzhou.officer").await).await.notices.iter().all(|it| it.order_id != id));

    // Seen is seen, up to the moment of what was shown, and never back; and nobody sees what is to come.
    let shown = of_officer.notices[1].at_ms;
    officer.post("/desk/seen", &Seen { until_ms: shown }).await;
    let unseen = desk(&officer).await.unseen;
    assert!(unseen <= 1, "{unseen}");
    officer.post("/desk/seen", &Seen { until_ms: 1 }).await;
    assert_eq!(desk(&officer).await.unseen, unseen);
    officer.post("/desk/seen", &Seen { until_ms: i64::MAX }).await;
    officer.accept(id, &[(48, 2)]).await.order();
    let due = merchant.order(id).await.invoice_due.expect("what to invoice");
    let mut wrong = invoice(&new_invoice_number(), &due);
    wrong.lines[0].quantity = 50;
    merchant.act(id, &ActionBody::Invoice { invoice: wrong }).await.order();
    let after = desk(&officer).await;
    assert_eq!(after.unseen, 1, "what is to come is not seen before it has come");
    assert!(told(&after)[0].1.is_some_and(|note| note.contains("处不符")), "{:?}", told(&after));
    let waits: Vec<(Queue, i64)> = after.queues.iter().map(|it| (it.queue, it.count)).collect();
    assert!(waits.contains(&(Queue::InvoiceDiffers, 1)), "{waits:?}");
    let differs = after.queues.iter().find(|it| it.queue == Queue::InvoiceDiffers).expect("a queue of officers");
    assert_eq!(differs.oldest[0].id, id);
    let of_merchant = desk(&merchant).await;
    assert!(told(&of_merchant)[0].1.is_some_and(|note| note.contains("外箱破损")), "{:?}", told(&of_merchant));
}

#[tokio::test]
async fn a_merchant_is_told_what_is_running_out() {
    let site = Site::open().await;
    let merchant = site.sign_in("qingyuan.merchant").await;
    let name = "庆元香菇";
    assert!(desk(&merchant).await.low_stock.iter().all(|it| it.name != name));
    let all = product(name).available;
    let officer = site.sign_in("zhenhai.officer").await;
    let mut body = basket(&[&[(name, all)]]);
    body.exception_reason = Some("集中采购".into());
    let order = officer.place(&body).await.orders().remove(0);
    let chair = site.sign_in("zhenhai.chair").await;
    let approved = chair.approve(order.id).await;
    if approved.status != 200 {
        // So large an order needs papers; a smaller one leaves enough.
        approved.refused(409, "papers_missing");
        let buyer = site.sign_in("buyer").await;
        let mut left = all;
        while left > 0 {
            let some = left.min(1_000);
            let order = buyer.buy(&crate::site::retail_basket(&[&[(name, some)]])).await.orders().remove(0);
            merchant.confirm(order.id).await.order();
            left -= some;
        }
    } else {
        merchant.confirm(order.id).await.order();
    }
    let low = desk(&merchant).await.low_stock;
    assert_eq!(low.first().map(|it| (it.name.as_str(), it.available)), Some((name, 0)));
    assert!(desk(&officer).await.low_stock.is_empty(), "it is nothing to the union");
}

// ---- who sees whom ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_merchant_knows_names_and_phones_of_a_point_until_it_has_been_counted() {
    let site = Site::open().await;
    let (officer, merchant) = (site.sign_in("zhenhai.officer").await, site.sign_in("qingyuan.merchant").await);
    let mut body = basket(&[&[("庆元香菇", 60)]]);
    let mut second = body.points[0].clone();
    second.address = "宁波市镇海区示例路2号".into();
    body.points.push(second);
    body.orders[0].lines[0].by_point = vec![40, 20];
    let id = officer.place(&body).await.orders()[0].id;
    site.sign_in("zhenhai.chair").await.approve(id).await.order();
    merchant.confirm(id).await.order();
    let named = |order: &Order| order.points.iter().map(|point| point.contact != "***").collect::<Vec<_>>();
    assert_eq!(named(&merchant.order(id).await), [true, true]);
    for (point, quantity) in [(1, 40), (2, 20)] {
        let lines = vec![domain::wire::ShippedLine { line: 1, quantity, batch: None, best_before: None }];
        let (carrier, tracking_no) = ("邮政快递".into(), format!("YZ{point}"));
        merchant.act(id, &ActionBody::Ship { carrier, tracking_no, point: Some(point), lines }).await.order();
    }
    let mut counted = crate::site::acceptance(&[(40, 0)]);
    officer.act(id, &ActionBody::Accept { point: Some(1), lines: counted.clone() }).await.order();
    let seen = merchant.order(id).await;
    assert_eq!(named(&seen), [false, true]);
    assert!(seen.points[0].phone.contains("****") && seen.points[0].code.is_none(), "{:?}", seen.points[0]);
    counted[0].accepted = 20;
    officer.act(id, &ActionBody::Accept { point: Some(2), lines: counted }).await.order();
    assert_eq!(named(&merchant.order(id).await), [false, false]);
    assert_eq!(named(&officer.order(id).await), [true, true], "the union knows its own people");
}

// ---- the month ----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_statement_equals_the_invoices_of_the_month_to_the_fen() {
    let site = Site::open().await;
    let (officer, merchant) = (site.sign_in("zhenhai.officer").await, site.sign_in("qingyuan.merchant").await);
    let before: Statement = merchant.get("/statement").await.json();
    let month = before.month.clone();
    // One right and paid, of which some goes back; one wrong and replaced.
    let order = site.order_in(State::Settled, "zhenhai", &[("庆元香菇", 60)]).await;
    let paid = order.invoices[0].clone();
    officer.act(order.summary.id, &returned(1, 1, 2, "发霉")).await.order();
    let replaced = site.order_in(State::Accepted, "zhenhai", &[("庆元花菇", 10)]).await.summary.id;
    let due = merchant.order(replaced).await.invoice_due.expect("what to invoice");
    let mut wrong = invoice(&new_invoice_number(), &due);
    wrong.lines[0].amount_fen += 1;
    merchant.act(replaced, &ActionBody::Invoice { invoice: wrong }).await.order();
    let right = invoice(&new_invoice_number(), &due);
    merchant.act(replaced, &ActionBody::Invoice { invoice: right }).await.order();

    let after: Statement = merchant.get(&format!("/statement?month={month}")).await.json();
    let of = |id: OrderId| after.rows.iter().filter(move |row| row.order_id == id);
    let kinds = |id| of(id).map(|row| row.kind).collect::<Vec<_>>();
    assert_eq!(kinds(order.summary.id), [RowKind::Invoice, RowKind::Return]);
    let first = of(order.summary.id).next().expect("the paid one");
    assert_eq!((first.invoice.as_str(), first.slip_no.is_some()), (paid.number.as_str(), true));
    assert_eq!(kinds(replaced), [RowKind::Invoice, RowKind::Reversal, RowKind::Invoice]);
    // The same from the orders themselves.
    let mut invoices = 0;
    for summary in merchant.all_orders().await {
        let recorded = merchant.order(summary.id).await.invoices;
        let in_month = recorded.iter().filter(|invoice| invoice.issued_on.starts_with(&month));
        invoices += in_month.map(|invoice| invoice.amount_fen.fen()).sum::<i64>();
    }
    assert_eq!(after.sums.invoiced_fen.fen(), invoices);
    assert_eq!(after.sums.net_fen.fen(), after.rows.iter().map(|row| row.amount_fen.fen()).sum::<i64>());
    let added = 60 * product("庆元香菇").price_fen(60) - 2 * product("庆元香菇").price_fen(60) + due.amount_fen.fen();
    assert_eq!(after.sums.net_fen.fen() - before.sums.net_fen.fen(), added);
    assert_eq!(after.sums.paid_fen.fen() - before.sums.paid_fen.fen(), paid.amount_fen.fen());

    let none: Statement = site.sign_in("longquan.merchant").await.get("/statement?month=2019-01").await.json();
    assert_eq!((none.rows.len(), none.sums.net_fen.fen()), (0, 0));
    for wrong in ["2026-13", "november", "2026-11-01"] {
        merchant.get(&format!("/statement?month={wrong}")).await.refused_at(422, "bad_field", "month");
    }
}

#[tokio::test]
async fn the_workbook_holds_the_statement_row_by_row() {
    use calamine::{Data, Reader as _, Xlsx};
    let site = Site::open().await;
    site.order_in(State::Settled, "zhenhai", &[("庆元香菇", 61)]).await;
    let merchant = site.sign_in("qingyuan.merchant").await;
    let told: Statement = merchant.get("/statement").await.json();
    let file = merchant.get("/statement.xlsx").await;
    assert!(file.header("content-disposition").is_some_and(|it| it.contains(&told.month)));
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(file.body.clone())).expect("a workbook");
    let sheet = book.worksheet_range("月度对账单").expect("the sheet");
    let fen = |cell: &Data| match cell {
        Data::Float(yuan) => (yuan * 100.0).round() as i64,
        Data::Int(yuan) => yuan * 100,
        other => panic!("no amount: {other:?}"),
    };
    let rows: Vec<(String, i64)> =
        sheet.rows().skip(4).take(told.rows.len()).map(|row| (row[4].to_string(), fen(&row[5]))).collect();
    let expected: Vec<(String, i64)> =
        told.rows.iter().map(|row| (row.invoice.clone(), row.amount_fen.fen())).collect();
    assert_eq!(rows, expected);
    let sums: Vec<i64> = sheet.rows().skip(5 + told.rows.len()).map(|row| fen(&row[5])).collect();
    let it = told.sums;
    assert_eq!(sums, [it.invoiced_fen, it.reversed_fen, it.net_fen, it.paid_fen].map(domain::Money::fen));
}

// ---- joining ------------------------------------------------------------------------------------------------------

/// The application of an organisation of our own making; each number is another's.
pub fn application(n: u128) -> NewApplication {
    let stem = format!("91331126MA2E{n:05}");
    let uscc = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(|check| format!("{stem}{check}"));
    let uscc = uscc.into_iter().find(|code| Uscc::parse(code).is_ok()).expect("one of the characters is right");
    NewApplication {
        id: ApplicationId(Uuid::from_u128(0x019b_8bab_06ff_7000_8000_0000_0001_0000 + n)),
        name: format!("庆元示例菌业合作社{n}"),
        uscc,
        county: "qingyuan".into(),
        address: "丽水市庆元县示例路1号".into(),
        contact: "吴示例".into(),
        phone: "13800000009".into(),
        food_licence: "JY13311260000001".into(),
        login: format!("applicant.{n}"),
        password: PASSWORD.into(),
    }
}

async fn decide(
    person: &Person,
    id: ApplicationId,
    decision: ApplicationState,
    reason: Option<&str>,
) -> crate::site::Answer {
    let body = DecisionBody { decision, reason: reason.map(str::to_owned) };
    person.post(&format!("/applications/{id}/decision"), &body).await
}

#[tokio::test]
async fn who_applies_is_admitted_and_sells_from_then_on() {
    let site = Site::open().await;
    let (visitor, operator) = (site.visitor(), site.sign_in("operator").await);
    let new = application(1);
    let answer = visitor.post("/applications", &new).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let applied: ApplicationStatus = answer.json();
    assert_eq!(applied.state, ApplicationState::Waiting);
    assert_eq!(visitor.post("/applications", &new).await.json::<ApplicationStatus>(), applied, "sent twice is once");
    // What it is found by gives nothing else away.
    let spaced = format!("{}-{}", &applied.number[..5].to_lowercase(), &applied.number[5..]);
    let stands = visitor.get(&format!("/applications/{spaced}")).await;
    assert_eq!(stands.json::<ApplicationStatus>(), applied);
    assert!(!stands.text().contains("13800000009"), "{}", stands.text());
    visitor.get("/applications/AAAAAAAAAA").await.refused(404, "not_found");
    visitor.try_password(&new.login, PASSWORD).await.refused(401, "sign_in_failed");

    assert_eq!(desk(&operator).await.applications, Some(1));
    let listed: Applications = operator.get("/applications").await.json();
    assert_eq!((listed.items.len(), listed.items[0].uscc.as_str()), (1, new.uscc.as_str()));
    let after = decide(&operator, new.id, ApplicationState::Admitted, None).await.json::<Applications>();
    assert_eq!(after.items[0].status.state, ApplicationState::Admitted);
    assert_eq!(decide(&operator, new.id, ApplicationState::Admitted, None).await.status, 200, "twice is once");
    decide(&operator, new.id, ApplicationState::TurnedDown, Some("迟了")).await.refused(409, "already_decided");

    let merchant = site.sign_in_afresh(&new.login).await;
    let session: Session = merchant.get("/sessions/current").await.json();
    assert_eq!((session.role, session.organisation.name.as_str()), (Role::Merchant, new.name.as_str()));
    assert_eq!(desk(&merchant).await.queues.len(), Queue::of_role(Role::Merchant).len());
    let again = NewApplication { id: application(9).id, login: "another".into(), ..new };
    visitor.post("/applications", &again).await.refused_at(409, "already_member", "uscc");
}

#[tokio::test]
async fn an_application_that_cannot_be_is_refused_with_the_reason() {
    let site = Site::open().await;
    let (visitor, operator) = (site.visitor(), site.sign_in("operator").await);
    let before = site.picture().await;
    let new = application(1);
    let mut wrong = new.clone();
    wrong.uscc.replace_range(17.., if wrong.uscc.ends_with('0') { "1" } else { "0" });
    let problem = visitor.post("/applications", &wrong).await.refused_at(422, "bad_field", "uscc");
    assert!(problem.detail.contains("校验位"), "{}", problem.detail);
    let nowhere = NewApplication { county: "ningbo".into(), ..new.clone() };
    visitor.post("/applications", &nowhere).await.refused_at(422, "bad_field", "county");
    let taken = NewApplication { login: "zhenhai.officer".into(), ..new.clone() };
    visitor.post("/applications", &taken).await.refused_at(409, "login_taken", "login");
    // A union's own code is somebody's already.
    let member = NewApplication { uscc: "81330211MC00010312".into(), ..new.clone() };
    visitor.post("/applications", &member).await.refused_at(409, "already_member", "uscc");
    assert_eq!(desk(&operator).await.applications, Some(0));

    assert_eq!(visitor.post("/applications", &new).await.status, 201);
    let same_code = NewApplication { id: application(2).id, login: "other".into(), ..new.clone() };
    visitor.post("/applications", &same_code).await.refused_at(409, "already_applied", "uscc");
    let same_login = NewApplication { login: new.login.clone(), ..application(3) };
    visitor.post("/applications", &same_login).await.refused_at(409, "login_taken", "login");
    visitor.sign_up(&new.login, PASSWORD).await.refused_at(409, "login_taken", "login");
    let same_id = NewApplication { id: new.id, ..application(4) };
    visitor.post("/applications", &same_id).await.refused_at(409, "id_taken", "id");

    decide(&operator, new.id, ApplicationState::TurnedDown, None).await.refused_at(422, "reason_needed", "reason");
    decide(&operator, application(7).id, ApplicationState::Admitted, None).await.refused(404, "not_found");
    decide(&operator, new.id, ApplicationState::TurnedDown, Some("执照过期")).await;
    let listed: Applications = operator.get("/applications").await.json();
    let number = &listed.items[0].status.number;
    let told: ApplicationStatus = visitor.get(&format!("/applications/{number}")).await.json();
    assert_eq!((told.state, told.reason.as_deref()), (ApplicationState::TurnedDown, Some("执照过期")));
    visitor.try_password(&new.login, PASSWORD).await.refused(401, "sign_in_failed");
    // Who was turned down may ask again, and the login is free again.
    let again = NewApplication { id: application(5).id, ..new };
    assert_eq!(visitor.post("/applications", &again).await.status, 201);
    assert_eq!(site.changes_since(&before).await, crate::site::NOTHING);
}

#[tokio::test]
async fn two_who_decide_at_once_make_one_member() {
    let site = Site::open().await;
    let operator = site.sign_in("operator").await;
    let new = application(1);
    assert_eq!(site.visitor().post("/applications", &new).await.status, 201);
    let (one, other) = tokio::join!(
        decide(&operator, new.id, ApplicationState::Admitted, None),
        decide(&operator, new.id, ApplicationState::TurnedDown, Some("再等等")),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let signed_in = site.visitor().try_password(&new.login, PASSWORD).await.status == 201;
    assert_eq!(signed_in, one.status == 200);
}

#[tokio::test]
async fn nobody_fills_the_operators_list() {
    let site = Site::open().await;
    let visitor = site.visitor();
    let mut refused = None;
    for _ in 0..61 {
        // Sent again it stays one application; it is the asking that is counted.
        refused = Some(visitor.post("/applications", &application(1)).await);
    }
    refused.expect("sixty-one were sent").refused(429, "too_many_tries");
}
