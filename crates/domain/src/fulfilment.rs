//! From the merchant's word to the last counted box: what is confirmed, shipped, counted in and returned, point by point.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::order::{parse_carrier, parse_reason, parse_tracking_no};
use crate::{Code, Money, Quantity, Refusal, Say, say, wire};

/// Letters and digits that are not taken for one another on paper: no 0 and O, no 1, I and L, no U beside V, no 8 beside B.
const CODE_LETTERS: &[u8; 29] = b"2345679ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH: usize = 10;

/// The code that opens the acceptance of a point, from 64 random bits: 48 of them are in it. Who holds it must still sign in,
/// so it is kept as short as can be typed.
pub fn point_code(mut random: u64) -> String {
    let letters = CODE_LETTERS.len() as u64;
    let mut letter = || {
        let letter = CODE_LETTERS[(random % letters) as usize];
        random /= letters;
        char::from(letter)
    };
    (0..CODE_LENGTH).map(|_| letter()).collect()
}

/// Reads a code as typed: in any case, with the spaces and hyphens people put in.
pub fn parse_point_code(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect()
}

/// Divides `total` in the proportion of `parts`, whole pieces, with nothing left: what is left over by rounding down goes to
/// those who lost most by it, the first of equals first (the method of largest remainders). Where all parts are zero, the
/// first has everything.
pub fn spread(total: Quantity, parts: &[Quantity]) -> Vec<Quantity> {
    let sum: i64 = parts.iter().map(|part| part.get()).sum();
    if sum == 0 {
        return (0..parts.len()).map(|index| if index == 0 { total } else { Quantity::ZERO }).collect();
    }
    // A million times a million is far below what 64 bits hold.
    let shares: Vec<i64> = parts.iter().map(|part| total.get() * part.get()).collect();
    let mut left = total.get() - shares.iter().map(|share| share / sum).sum::<i64>();
    let mut by_loss: Vec<usize> = (0..parts.len()).collect();
    by_loss.sort_by_key(|index| std::cmp::Reverse(shares[*index] % sum));
    let mut pieces: Vec<i64> = shares.iter().map(|share| share / sum).collect();
    for index in by_loss {
        if left == 0 {
            break;
        }
        pieces[index] += 1;
        left -= 1;
    }
    pieces.into_iter().map(|count| Quantity::new(count).expect("a part of a quantity is one")).collect()
}

/// A line of an order as it was ordered: in all, and for each point in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    pub quantity: Quantity,
    pub by_point: Vec<Quantity>,
}

/// What the merchant confirms of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    pub quantity: Quantity,
    /// One for each point, never more than was ordered there.
    pub by_point: Vec<Quantity>,
    /// Why it is less than was ordered.
    pub reason: Option<String>,
}

/// Reads a confirmation: `body` names the lines of which there is less. Gives every line of the order.
///
/// # Errors
/// All wrong fields at once; [`Code::BadField`] at `lines` where nothing at all is left, which is no confirmation.
pub fn parse_confirmation(ordered: &[Ordered], body: &[wire::ConfirmedLine]) -> Result<Vec<Confirmed>, Vec<Refusal>> {
    let whole = |line: &Ordered| Confirmed { quantity: line.quantity, by_point: line.by_point.clone(), reason: None };
    let mut confirmed: Vec<Confirmed> = ordered.iter().map(whole).collect();
    let (mut wrong, mut seen) = (Vec::new(), HashSet::new());
    for (index, line) in body.iter().enumerate() {
        let place = usize::try_from(line.line - 1).ok().filter(|place| *place < ordered.len());
        let Some(place) = place.filter(|_| seen.insert(line.line)) else {
            wrong.push(no_such_line(format!("lines[{index}].line"), ordered.len()));
            continue;
        };
        match parse_confirmed_line(&ordered[place], line) {
            Ok(line) => confirmed[place] = line,
            Err(refusal) => {
                let field = refusal.field.clone().unwrap_or_default();
                wrong.push(refusal.at(format!("lines[{index}].{field}")));
            }
        }
    }
    if wrong.is_empty() && confirmed.iter().all(|line| line.quantity.is_zero()) {
        wrong.push(Refusal::field(
            "lines",
            say!(
                "一件也供不了的，请取消这张单并写明理由",
                "Where nothing can be delivered, cancel the order and say why"
            ),
        ));
    }
    if wrong.is_empty() { Ok(confirmed) } else { Err(wrong) }
}

fn no_such_line(field: String, lines: usize) -> Refusal {
    Refusal::new(
        Code::LinesDiffer,
        say!("这张单有 {lines} 行，每行只写一次", "This order has {lines} lines; name each once at most"),
    )
    .at(field)
}

fn parse_confirmed_line(ordered: &Ordered, body: &wire::ConfirmedLine) -> Result<Confirmed, Refusal> {
    let quantity = Quantity::new(body.quantity).map_err(|error| Refusal::field("quantity", error.say()))?;
    if quantity > ordered.quantity {
        let ordered = ordered.quantity;
        return Err(Refusal::field(
            "quantity",
            say!("订的是 {ordered}，确认不能比它多", "{ordered} were ordered; no more can be confirmed"),
        ));
    }
    let by_point = if body.by_point.is_empty() {
        spread(quantity, &ordered.by_point)
    } else {
        crate::order::parse_by_point(quantity, &body.by_point, ordered.by_point.len())
            .map_err(|sentence| Refusal::field("by_point", sentence))?
    };
    if by_point.iter().zip(&ordered.by_point).any(|(confirmed, ordered)| confirmed > ordered) {
        return Err(Refusal::field(
            "by_point",
            say!("有的点位确认得比订的多", "More is confirmed for a point than was ordered there"),
        ));
    }
    if quantity == ordered.quantity {
        return Ok(Confirmed { quantity, by_point, reason: None });
    }
    Ok(Confirmed { quantity, by_point, reason: Some(parse_reason(&body.reason)?) })
}

/// One shipment to one point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    pub carrier: String,
    pub tracking_no: String,
    pub lines: Vec<ShippedLine>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippedLine {
    /// Counted from 1, as on the order.
    pub line: i64,
    /// At least one.
    pub quantity: Quantity,
    pub batch: Option<String>,
    pub best_before: Option<Date>,
}

impl Shipment {
    /// Reads a shipment. `left` are the lines of which something is still to go to the point, with how much; without lines in
    /// the request all of it goes.
    ///
    /// # Errors
    /// All wrong fields at once; [`Code::OutOfTurn`] where nothing is left.
    pub fn parse(
        left: &[(i64, Quantity)],
        carrier: &str,
        tracking_no: &str,
        lines: &[wire::ShippedLine],
    ) -> Result<Shipment, Vec<Refusal>> {
        if left.is_empty() {
            return Err(vec![Refusal::new(
                Code::OutOfTurn,
                say!(
                    "这个点位确认的货已经全部发出，不能再发",
                    "Everything that was confirmed for this point has been shipped already"
                ),
            )]);
        }
        let mut wrong = Vec::new();
        let mut take = |field: &str, text: Result<String, Say>| {
            text.map_err(|sentence| wrong.push(Refusal::field(field, sentence))).unwrap_or_default()
        };
        let carrier = take("carrier", parse_carrier(carrier));
        let tracking_no = take("tracking_no", parse_tracking_no(tracking_no));
        let all = |(line, quantity): &(i64, Quantity)| ShippedLine {
            line: *line,
            quantity: *quantity,
            batch: None,
            best_before: None,
        };
        let mut shipped: Vec<ShippedLine> = if lines.is_empty() { left.iter().map(all).collect() } else { Vec::new() };
        let mut seen = HashSet::new();
        for (index, body) in lines.iter().enumerate() {
            let most = left.iter().find(|(line, _)| *line == body.line).map_or(Quantity::ZERO, |(_, left)| *left);
            match parse_shipped_line(body, most, seen.insert(body.line)) {
                Ok(line) => shipped.push(line),
                Err((field, sentence)) => wrong.push(Refusal::field(format!("lines[{index}].{field}"), sentence)),
            }
        }
        if wrong.is_empty() { Ok(Shipment { carrier, tracking_no, lines: shipped }) } else { Err(wrong) }
    }
}

fn parse_shipped_line(
    body: &wire::ShippedLine,
    most: Quantity,
    is_first: bool,
) -> Result<ShippedLine, (&'static str, Say)> {
    if !is_first {
        return Err(("line", say!("这一行写了两次，请合成一行", "This line is named twice; please make it one")));
    }
    let quantity = at_least_one_and_at_most(body.quantity, most, || {
        say!("这个点位还有 {most} 没发，不能比它多", "{most} are still to go to this point; no more can be shipped")
    })?;
    let batch = body.batch.as_deref().map(str::trim).filter(|batch| !batch.is_empty());
    if batch.is_some_and(|batch| batch.chars().count() > MAX_BATCH) {
        return Err(("batch", say!("批号最多 {MAX_BATCH} 字", "The batch has at most {MAX_BATCH} characters")));
    }
    let best_before = body.best_before.as_deref().map(str::trim).filter(|day| !day.is_empty());
    let best_before = best_before.map(str::parse::<Date>).transpose().map_err(|_| {
        ("best_before", say!("保质期写成日子，例如 2027-03-01", "Enter the best-before day, such as 2027-03-01"))
    })?;
    Ok(ShippedLine { line: body.line, quantity, batch: batch.map(str::to_owned), best_before })
}

const MAX_BATCH: usize = 60;

fn at_least_one_and_at_most(
    count: i64,
    most: Quantity,
    above: impl FnOnce() -> Say,
) -> Result<Quantity, (&'static str, Say)> {
    let quantity = Quantity::new(count).map_err(|error| ("quantity", error.say()))?;
    if quantity.is_zero() {
        return Err((
            "quantity",
            say!("数量至少 1；没有的请去掉这一行", "At least 1; leave the line out where there is none"),
        ));
    }
    if quantity > most { Err(("quantity", above())) } else { Ok(quantity) }
}

/// So much of a line that was accepted at a point goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReturnLine {
    pub point: i64,
    pub line: i64,
    /// At least one.
    pub quantity: Quantity,
}

/// Reads the lines of a return. `kept` says how much of a line at a point was accepted and has not gone back.
///
/// # Errors
/// All wrong fields at once.
pub fn parse_return(
    body: &[wire::ReturnLine],
    kept: impl Fn(i64, i64) -> Quantity,
) -> Result<Vec<ReturnLine>, Vec<Refusal>> {
    if body.is_empty() {
        return Err(vec![Refusal::field(
            "lines",
            say!("写明退哪些货、各退多少", "Say which goods go back, and how many"),
        )]);
    }
    let (mut lines, mut wrong, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (index, line) in body.iter().enumerate() {
        if !seen.insert((line.point, line.line)) {
            wrong.push(Refusal::field(
                format!("lines[{index}].line"),
                say!("这一行写了两次，请合成一行", "This line is named twice; please make it one"),
            ));
            continue;
        }
        let most = kept(line.point, line.line);
        let quantity = at_least_one_and_at_most(line.quantity, most, || {
            say!("验收了还没退的有 {most}，不能比它多", "{most} were accepted and are kept; no more can go back")
        });
        match quantity {
            Ok(quantity) => lines.push(ReturnLine { point: line.point, line: line.line, quantity }),
            Err((field, sentence)) => wrong.push(Refusal::field(format!("lines[{index}].{field}"), sentence)),
        }
    }
    if wrong.is_empty() { Ok(lines) } else { Err(wrong) }
}

/// Lines confirmed less than they were ordered, each with its name, both quantities and why; none where everything was.
pub fn confirmed_told<'a>(less: impl Iterator<Item = (&'a str, Quantity, Quantity, &'a str)>) -> Option<Say> {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for (name, ordered, confirmed, reason) in less {
        zh.push(format!("{name} 订 {ordered}，确认 {confirmed}：{reason}"));
        en.push(format!("{name}: {confirmed} of {ordered} confirmed ({reason})"));
    }
    (!zh.is_empty()).then(|| Say { zh: zh.join("；").into(), en: en.join("; ").into() })
}

/// A shipment in one sentence; `point` where there are several.
pub fn shipped_told(point: Option<i64>, carrier: &str, tracking_no: &str, pieces: i64) -> Say {
    match point {
        None => say!("{carrier} {tracking_no}，{pieces} 件", "{carrier} {tracking_no}, {pieces} pieces"),
        Some(point) => say!(
            "发往第 {point} 点：{carrier} {tracking_no}，{pieces} 件",
            "To point {point}: {carrier} {tracking_no}, {pieces} pieces"
        ),
    }
}

/// A return in one sentence.
pub fn returned_told(pieces: i64, amount: Money, reason: &str) -> Say {
    say!("退 {pieces} 件，{amount} 元：{reason}", "{pieces} pieces, {amount} yuan: {reason}", amount = amount.yuan())
}

/// An invoice in one sentence, with the number of places where it parts from what was accepted.
pub fn invoice_told(number: &str, amount: Money, differences: usize) -> Say {
    let amount = amount.yuan();
    match differences {
        0 => say!("发票 {number}，{amount} 元", "Invoice {number}, {amount} yuan"),
        _ => say!(
            "发票 {number}，{amount} 元，与验收有 {differences} 处不符",
            "Invoice {number}, {amount} yuan, differs from what was accepted: {differences}"
        ),
    }
}

/// A transfer in one sentence.
pub fn transfer_told(slip_no: &str, amount: Money) -> Say {
    say!("回单 {slip_no}，{amount} 元", "Slip {slip_no}, {amount} yuan", amount = amount.yuan())
}

/// The refusal of a point that was left out although there are several, or that is none of the order's.
pub fn choose_point(points: usize) -> Refusal {
    Refusal::field(
        "point",
        say!("这张单有 {points} 个点位，请选一个", "This order has {points} points; please choose one"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces(counts: &[i64]) -> Vec<Quantity> {
        counts.iter().map(|count| Quantity::new(*count).expect("small")).collect()
    }

    proptest! {
        #[test]
        fn what_is_divided_is_all_given_out_and_nobody_gets_more_than_their_share(
            total in 0..2_000_i64, parts in prop::collection::vec(0..1_000_i64, 1..20),
        ) {
            let sum: i64 = parts.iter().sum();
            let given = spread(Quantity::new(total).expect("small"), &pieces(&parts));
            prop_assert_eq!(given.iter().map(|part| part.get()).sum::<i64>(), total);
            for (part, given) in parts.iter().zip(&given) {
                prop_assert!(sum == 0 || (given.get() * sum - total * part).abs() < sum);
                prop_assert!(total > sum || sum == 0 || given.get() <= *part, "a part grows when there is less");
            }
        }
    }

    #[test]
    fn what_is_short_is_short_everywhere() {
        assert_eq!(spread(Quantity::new(119).expect("small"), &pieces(&[60, 40, 20])), pieces(&[59, 40, 20]));
        assert_eq!(spread(Quantity::ONE, &pieces(&[0, 5, 5])), pieces(&[0, 1, 0]));
        assert_eq!(spread(Quantity::ONE, &pieces(&[0, 0])), pieces(&[1, 0]));
    }

    fn ordered() -> [Ordered; 2] {
        let line = |parts: &[i64]| Ordered {
            quantity: Quantity::new(parts.iter().sum()).expect("small"),
            by_point: pieces(parts),
        };
        [line(&[60, 40]), line(&[0, 5])]
    }

    fn confirm(line: i64, quantity: i64, by_point: &[i64], reason: &str) -> wire::ConfirmedLine {
        wire::ConfirmedLine { line, quantity, by_point: by_point.to_vec(), reason: reason.into() }
    }

    fn fields(refusals: Vec<Refusal>) -> Vec<String> {
        refusals.into_iter().filter_map(|refusal| refusal.field).collect()
    }

    #[test]
    fn a_merchant_confirms_less_with_a_reason_and_never_more() {
        let confirmed = |body: &[wire::ConfirmedLine]| parse_confirmation(&ordered(), body);
        let all = confirmed(&[]).expect("everything");
        assert_eq!((all[0].by_point.clone(), all[1].quantity.get()), (pieces(&[60, 40]), 5));
        let less = confirmed(&[confirm(1, 50, &[], "减产")]).expect("half");
        assert_eq!((less[0].by_point.clone(), less[0].reason.as_deref()), (pieces(&[30, 20]), Some("减产")));
        let other = confirmed(&[confirm(1, 50, &[10, 40], "减产")]).expect("as the merchant divides it");
        assert_eq!(other[0].by_point, pieces(&[10, 40]));
        for (body, field) in [
            (vec![confirm(1, 101, &[], "多")], "lines[0].quantity"),
            (vec![confirm(1, -1, &[], "无")], "lines[0].quantity"),
            (vec![confirm(1, 50, &[], " ")], "lines[0].reason"),
            (vec![confirm(1, 50, &[50], "减产")], "lines[0].by_point"),
            (vec![confirm(1, 50, &[9, 41], "减产")], "lines[0].by_point"),
            (vec![confirm(3, 1, &[], "无")], "lines[0].line"),
            (vec![confirm(0, 1, &[], "无")], "lines[0].line"),
            (vec![confirm(1, 1, &[], "无"), confirm(1, 2, &[], "无")], "lines[1].line"),
            (vec![confirm(1, 0, &[], "无"), confirm(2, 0, &[], "无")], "lines"),
        ] {
            assert_eq!(fields(confirmed(&body).expect_err("refused")), [field], "{body:?}");
        }
    }

    fn ship(line: i64, quantity: i64) -> wire::ShippedLine {
        wire::ShippedLine { line, quantity, batch: Some(" L2601 ".into()), best_before: Some("2027-03-01".into()) }
    }

    #[test]
    fn a_shipment_is_of_what_is_still_to_go() {
        let left = [(1, Quantity::new(30).expect("small")), (3, Quantity::ONE)];
        let parse = |lines: &[wire::ShippedLine]| Shipment::parse(&left, "邮政快递", "YZ1", lines);
        let all = parse(&[]).expect("all");
        assert_eq!(all.lines.iter().map(|it| (it.line, it.quantity.get())).collect::<Vec<_>>(), [(1, 30), (3, 1)]);
        let part = parse(&[ship(1, 10)]).expect("a part");
        assert_eq!((part.lines[0].quantity.get(), part.lines[0].batch.as_deref()), (10, Some("L2601")));
        assert_eq!(part.lines[0].best_before, Some(jiff::civil::date(2027, 3, 1)));
        let undated = wire::ShippedLine { best_before: Some("明年".into()), ..ship(1, 1) };
        for (lines, field) in [
            (vec![ship(1, 31)], "lines[0].quantity"),
            (vec![ship(1, 0)], "lines[0].quantity"),
            (vec![ship(2, 1)], "lines[0].quantity"),
            (vec![ship(1, 5), ship(1, 5)], "lines[1].line"),
            (vec![undated], "lines[0].best_before"),
        ] {
            assert_eq!(fields(parse(&lines).expect_err("refused")), [field]);
        }
        assert_eq!(Shipment::parse(&[], "邮政快递", "YZ1", &[]).expect_err("none")[0].code, Code::OutOfTurn);
        assert_eq!(fields(Shipment::parse(&left, "", " ", &[]).expect_err("unnamed")), ["carrier", "tracking_no"]);
    }

    #[test]
    fn no_more_goes_back_than_was_accepted() {
        let kept =
            |point, line| if (point, line) == (1, 2) { Quantity::new(7).expect("small") } else { Quantity::ZERO };
        let line = |point, line, quantity| wire::ReturnLine { point, line, quantity };
        assert!(parse_return(&[line(1, 2, 7)], kept).is_ok());
        for (lines, field) in [
            (vec![], "lines"),
            (vec![line(1, 2, 8)], "lines[0].quantity"),
            (vec![line(1, 2, 0)], "lines[0].quantity"),
            (vec![line(2, 2, 1)], "lines[0].quantity"),
            (vec![line(1, 2, 3), line(1, 2, 3)], "lines[1].line"),
        ] {
            assert_eq!(fields(parse_return(&lines, kept).expect_err("refused")), [field]);
        }
    }

    #[test]
    fn codes_are_short_and_read_back() {
        let code = point_code(0x1234_5678_9abc_def0);
        assert_eq!((code.len(), point_code(0).as_str()), (CODE_LENGTH, "2222222222"));
        assert_ne!(code, point_code(0x1234_5678_9abc_def1));
        assert_eq!(parse_point_code(&format!(" {}-{} ", &code[..5].to_lowercase(), &code[5..])), code);
    }
}
