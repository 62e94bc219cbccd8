//! A refusal: the person asked for something the rules do not allow, and is told what to do instead.
//!
//! Faults of our own making are not refusals; they never pass through this crate.

use std::fmt;

use crate::code::coded;
use crate::language::Say;

coded! {
    /// What was refused. Codes are stable: clients and tests compare them; sentences may be reworded.
    pub enum Code {
        BadBody = "bad_body" "请求内容读不懂" "The request cannot be read",
        BadField = "bad_field" "有一项填写不对" "A field is not right",
        TooLarge = "too_large" "内容太大" "Too large",
        TooSlow = "too_slow" "传得太慢" "Too slow",
        SignInFailed = "sign_in_failed" "账号或密码不对" "Wrong login or password",
        SignInNeeded = "sign_in_needed" "请先登录" "Please sign in",
        LoginTaken = "login_taken" "这个账号已有人用" "This login is taken",
        TooManyTries = "too_many_tries" "试得太多" "Too many tries",
        NotAllowed = "not_allowed" "没有这个权限" "Not allowed",
        ForeignOrigin = "foreign_origin" "请求来自别的网站" "The request comes from another site",
        NotFound = "not_found" "找不到" "Not found",
        MethodNotAllowed = "method_not_allowed" "这个地址不能这样用" "This address cannot be used this way",
        OutOfTurn = "out_of_turn" "还没轮到这一步" "Not its turn",
        Overtaken = "overtaken" "刚刚有人先办了" "Somebody was quicker",
        IdTaken = "id_taken" "编号已用于另一张单" "The identifier belongs to another order",
        NotEnoughStock = "not_enough_stock" "可供量不够" "Not enough in stock",
        BelowMinimum = "below_minimum" "不到起订量" "Below the minimum order",
        NotOnSale = "not_on_sale" "已不在售" "No longer on sale",
        MixedMerchants = "mixed_merchants" "一张单只能有一家商户的货" "One order, one merchant",
        ReasonNeeded = "reason_needed" "请写明理由" "Please give a reason",
        SamePerson = "same_person" "提交人不能审批自己的单" "Nobody approves their own order",
        LinesDiffer = "lines_differ" "行数与订单不一致" "The lines differ from the order",
        AlreadyReversed = "already_reversed" "已经冲销过" "Already reversed",
        AlreadyPaid = "already_paid" "已经登记过收款" "The payment is recorded already",
        AlreadyCounted = "already_counted" "这个点位已经验收过" "This point has been counted already",
        AlreadyShipped = "already_shipped" "这张运单已经登记过" "This waybill is recorded already",
        InvoiceTaken = "invoice_taken" "这张发票已经登记过" "This invoice is recorded already",
        InvoiceDiffers = "invoice_differs" "发票与验收不一致" "The invoice differs from what was accepted",
        SlipTaken = "slip_taken" "这张回单已经用过" "This bank slip is recorded already",
        Busy = "busy" "系统正忙" "The system is busy",
        Unsure = "unsure" "还不确定有没有办成" "It is not certain whether this was done",
        StorageTrouble = "storage_trouble" "数据盘出了问题" "Trouble with the server's disk",
        BadPhoto = "bad_photo" "这张照片用不了" "This photo cannot be used",
        TooManyPhotos = "too_many_photos" "照片太多" "Too many photos",
        PapersMissing = "papers_missing" "采购程序的材料不全" "Papers of the procurement are missing",
        BadAttachment = "bad_attachment" "这个文件用不了" "This file cannot be used",
        TooManyAttachments = "too_many_attachments" "附件太多" "Too many files",
        TooManyStreams = "too_many_streams" "打开的实时页面太多" "Too many live pages are open",
        WrongFileType = "wrong_file_type" "这种文件读不了" "This kind of file cannot be read",
        FileProtected = "file_protected" "表格加了密码" "The spreadsheet has a password",
        FileDamaged = "file_damaged" "表格坏了" "The spreadsheet is damaged",
        UnfoldsTooFar = "unfolds_too_far" "表格解开后太大" "The spreadsheet unpacks to too much",
        TooManyRows = "too_many_rows" "行数太多" "Too many rows",
        NoRows = "no_rows" "表格里没有内容" "Nothing in the spreadsheet",
        NoHeader = "no_header" "找不到表头" "No header",
        AlreadyApplied = "already_applied" "已有一份申请" "There is an application already",
        AlreadyMember = "already_member" "这个单位已经入驻" "The organisation is here already",
        AlreadyDecided = "already_decided" "这份申请已经办过" "This application is decided already",
        AmountUnusual = "amount_unusual" "金额远超平时" "The amount is far above the usual",
        PairsOpen = "pairs_open" "疑似重复还没有结论" "A possible double is not decided on",
        SaidSame = "said_same" "已判定重复" "Decided to be a double",
        MonthClosed = "month_closed" "这个月已经关账" "This month is closed",
        ConsentNeeded = "consent_needed" "这笔冲销要两人办理" "This reversal needs a second person",
        TooManyEntries = "too_many_entries" "行数超过工作簿的上限" "More rows than a workbook holds",
        NotReady = "not_ready" "系统还没准备好" "The system is not ready",
    }
}

/// One refusal: a stable code, the field it concerns when there is one, and a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    /// Path of the field in the request body, such as `orders[0].lines[2].quantity`.
    pub field: Option<String>,
    pub sentence: Say,
}

impl Refusal {
    pub fn new(code: Code, sentence: Say) -> Refusal {
        Refusal { code, field: None, sentence }
    }

    /// A field that does not parse.
    pub fn field(field: impl Into<String>, sentence: Say) -> Refusal {
        Refusal { code: Code::BadField, field: Some(field.into()), sentence }
    }

    /// The same refusal, said of a field.
    pub fn at(mut self, field: impl Into<String>) -> Refusal {
        self.field = Some(field.into());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence.fmt(f)
    }
}

impl std::error::Error for Refusal {}
