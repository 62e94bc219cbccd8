//! What the tests of an order are made of.

use domain::id::ProductId;
use domain::product::Category;
use domain::region::Prefecture;
use domain::wire::OrderLine;
use domain::{Money, Quantity};
use uuid::Uuid;

/// So many boxes at so many yuan.
pub fn line(line: i64, quantity: i64, yuan: i64) -> OrderLine {
    OrderLine {
        line,
        product_id: ProductId(Uuid::from_u128(line.unsigned_abs().into())),
        name: format!("示例花菇{line}"),
        spec: "250g/礼盒".to_owned(),
        unit: "盒".to_owned(),
        brand: None,
        county_short: "庆元".to_owned(),
        prefecture: Prefecture::Lishui,
        category: Category::Mushroom,
        quantity: Quantity::new(quantity).expect("small"),
        unit_price_fen: Money::from_yuan(yuan),
        amount_fen: Money::from_yuan(yuan * quantity),
        confirmed: None,
        confirmed_reason: None,
        shipped: Quantity::ZERO,
        closed: Quantity::ZERO,
        accepted: None,
        short: None,
        rejected: None,
        rejected_reason: None,
        returned: Quantity::ZERO,
    }
}
