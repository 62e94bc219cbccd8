//! A refusal: the person asked for something the rules do not allow, and is told what to do instead.
//!
//! Faults of our own making are not refusals; they never pass through this crate.

use std::fmt;

use crate::code::coded;

coded! {
    /// What was refused. Codes are stable: clients and tests compare them; sentences may be reworded.
    pub enum Code {
        BadBody = "bad_body" "请求内容读不懂",
        BadField = "bad_field" "有一项填写不对",
        TooLarge = "too_large" "内容太大",
        TooSlow = "too_slow" "传得太慢",
        SignInFailed = "sign_in_failed" "账号或密码不对",
        SignInNeeded = "sign_in_needed" "请先登录",
        TooManyTries = "too_many_tries" "试得太多",
        NotAllowed = "not_allowed" "没有这个权限",
        ForeignOrigin = "foreign_origin" "请求来自别的网站",
        NotFound = "not_found" "找不到",
        MethodNotAllowed = "method_not_allowed" "这个地址不能这样用",
        OutOfTurn = "out_of_turn" "还没轮到这一步",
        Overtaken = "overtaken" "刚刚有人先办了",
        IdTaken = "id_taken" "编号已用于另一张单",
        NotEnoughStock = "not_enough_stock" "可供量不够",
        BelowMinimum = "below_minimum" "不到起订量",
        NotOnSale = "not_on_sale" "已不在售",
        MixedMerchants = "mixed_merchants" "一张单只能有一家商户的货",
        ReasonNeeded = "reason_needed" "请写明理由",
        SamePerson = "same_person" "提交人不能审批自己的单",
        LinesDiffer = "lines_differ" "行数与订单不一致",
        AlreadyReversed = "already_reversed" "已经冲销过",
        Busy = "busy" "系统正忙",
        Unsure = "unsure" "还不确定有没有办成",
        StorageTrouble = "storage_trouble" "数据盘出了问题",
        TooManyStreams = "too_many_streams" "打开的实时页面太多",
        NotReady = "not_ready" "系统还没准备好",
    }
}

/// One refusal: a stable code, the field it concerns when there is one, and a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    /// Path of the field in the request body, such as `orders[0].lines[2].quantity`.
    pub field: Option<String>,
    pub sentence: String,
}

impl Refusal {
    pub fn new(code: Code, sentence: impl Into<String>) -> Refusal {
        Refusal { code, field: None, sentence: sentence.into() }
    }

    /// A field that does not parse.
    pub fn field(field: impl Into<String>, sentence: impl Into<String>) -> Refusal {
        Refusal { code: Code::BadField, field: Some(field.into()), sentence: sentence.into() }
    }

    /// The same refusal, said of a field.
    pub fn at(mut self, field: impl Into<String>) -> Refusal {
        self.field = Some(field.into());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Refusal {}
