//! Two kinds of error, and the one place that chooses statuses.
//!
//! *Refused*: the person can do something about it; they get the code, the field and a sentence. *Broken*: our fault;
//! it is logged with its whole chain and shown as one plain sentence.

use axum::Extension;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::wire::{FieldProblem, Problem};
use domain::{Code, Language, Refusal, Say, say};

use crate::database::{Trouble, trouble_of};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug)]
pub enum Error {
    /// One refusal, or every wrong field of a form. Never empty.
    Refused(Vec<Refusal>),
    Broken(anyhow::Error),
}

impl Error {
    /// For the command line, which has nobody to refuse.
    pub fn into_fault(self) -> anyhow::Error {
        match self {
            Error::Broken(error) => error,
            refused @ Error::Refused(_) => anyhow::anyhow!("refused: {refused}"),
        }
    }

    /// A value in the database that our own code must have written wrongly.
    pub fn corrupt(what: impl std::fmt::Display) -> Error {
        Error::Broken(anyhow::anyhow!("the database holds {what}"))
    }
}

pub fn refuse<T>(code: Code, sentence: Say) -> Result<T> {
    Err(Refusal::new(code, sentence).into())
}

pub fn not_found<T>(what: Say) -> Result<T> {
    let Say { zh, en } = what;
    let zh = format!("找不到{zh}，它可能已经被移走，或者网址写错了");
    let en = format!("{en} was not found; it may have been removed, or the address is wrong");
    refuse(Code::NotFound, Say { zh: zh.into(), en: en.into() })
}

/// It cannot be known whether something was done.
pub fn unsure() -> Refusal {
    Refusal::new(
        Code::Unsure,
        say!(
            "这一步有没有办成还不确定；请刷新后先看一眼，再决定要不要重做",
            "It is not certain whether this was done; reload and look before you do it again"
        ),
    )
}

/// Too many ask at once, or the database is held by somebody else.
pub fn busy() -> Error {
    Refusal::new(
        Code::Busy,
        say!(
            "现在办事的人太多，请过几秒再试，什么都没有丢",
            "Too many ask at once; please try again in a few seconds, nothing is lost"
        ),
    )
    .into()
}

/// The status of each refusal.
pub fn status(code: Code) -> StatusCode {
    match code {
        Code::BadBody => StatusCode::BAD_REQUEST,
        Code::SignInFailed | Code::SignInNeeded => StatusCode::UNAUTHORIZED,
        Code::NotAllowed | Code::SamePerson | Code::ForeignOrigin => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::OutOfTurn | Code::Overtaken | Code::IdTaken | Code::AlreadyReversed => StatusCode::CONFLICT,
        Code::NotEnoughStock | Code::NotOnSale | Code::TooManyPhotos | Code::TooManyAttachments => StatusCode::CONFLICT,
        Code::LoginTaken
        | Code::AlreadyApplied
        | Code::AlreadyMember
        | Code::AlreadyDecided
        | Code::MonthClosed
        | Code::ConsentNeeded
        | Code::PapersMissing
        | Code::AlreadyPaid
        | Code::AlreadyCounted
        | Code::AmountUnusual
        | Code::PairsOpen
        | Code::SaidSame
        | Code::AlreadyShipped
        | Code::InvoiceTaken
        | Code::InvoiceDiffers
        | Code::SlipTaken => StatusCode::CONFLICT,
        Code::TooLarge | Code::UnfoldsTooFar | Code::TooManyRows | Code::TooManyEntries => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        Code::BadField
        | Code::BadPhoto
        | Code::BadAttachment
        | Code::BelowMinimum
        | Code::MixedMerchants
        | Code::ReasonNeeded
        | Code::LinesDiffer
        | Code::WrongFileType
        | Code::FileProtected
        | Code::FileDamaged
        | Code::NoRows
        | Code::NoHeader => StatusCode::UNPROCESSABLE_ENTITY,
        Code::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Code::TooManyTries | Code::TooManyStreams => StatusCode::TOO_MANY_REQUESTS,
        Code::Busy | Code::Unsure | Code::StorageTrouble | Code::NotReady => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(vec![refusal])
    }
}

impl From<Vec<Refusal>> for Error {
    fn from(refusals: Vec<Refusal>) -> Error {
        debug_assert!(!refusals.is_empty(), "a refusal says something");
        Error::Refused(refusals)
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Error {
        Error::Broken(error)
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Error {
        Error::Broken(error.into())
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Refused(refusals) => {
                let sentences: Vec<_> = refusals.iter().map(|refusal| &*refusal.sentence.zh).collect();
                f.write_str(&sentences.join("；"))
            }
            Error::Broken(error) => write!(f, "{error:#}"),
        }
    }
}

impl std::error::Error for Error {}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Error::Refused(refusals) => refused(&refusals),
            Error::Broken(error) => match trouble_of(&error) {
                Some(trouble) => {
                    tracing::error!(error = format!("{error:#}"), advice = trouble.advice(), "database trouble");
                    refused(&[of_trouble(trouble)])
                }
                None => {
                    tracing::error!(error = format!("{error:#}"), "broken");
                    broken()
                }
            },
        }
    }
}

/// What a person is told of trouble with the database, which only the operator can end.
pub fn of_trouble(trouble: Trouble) -> Refusal {
    match trouble {
        Trouble::Conflict | Trouble::Lost | Trouble::Locked => Refusal::new(
            Code::Busy,
            say!(
                "数据库暂时连不上或忙不过来，这一步没有办成，请过几秒再试，什么都没有丢",
                "The database is away or busy for a moment and this was not done; try again in a few seconds, nothing is lost"
            ),
        ),
        Trouble::Full | Trouble::ReadOnly | Trouble::Failing | Trouble::Corrupt => {
            let sentence = say!(
                "服务器的数据盘出了问题，这一步没有办成，已办成的都还在；请告诉平台运营，稍后再试",
                "The server's disk is in trouble and this was not done, though all that was done before is safe; please tell the operator and try later"
            );
            Refusal::new(Code::StorageTrouble, sentence)
        }
    }
}

fn refused(refusals: &[Refusal]) -> Response {
    let Some(first) = refusals.first() else { return broken() };
    let mut response = problem_response(status(first.code), |reader| problem(first, refusals, reader));
    let seconds = match first.code {
        Code::Busy => Some("2"),
        Code::StorageTrouble => Some("60"),
        // As long as the window in which tries are counted.
        Code::TooManyTries => Some("900"),
        _ => None,
    };
    if let Some(seconds) = seconds {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
    }
    response
}

/// A refusal as it travels; `all` are its fellows, itself among them.
pub fn problem(first: &Refusal, all: &[Refusal], reader: Language) -> Problem {
    let field_problem = |refusal: &Refusal| FieldProblem {
        field: refusal.field.clone().unwrap_or_default(),
        code: refusal.code.code().to_owned(),
        detail: refusal.sentence.to(reader).to_owned(),
    };
    Problem {
        r#type: format!("urn:shanhai:problem:{}", first.code.code()),
        title: first.code.word(reader).to_owned(),
        status: status(first.code).as_u16(),
        code: first.code.code().to_owned(),
        detail: first.sentence.to(reader).to_owned(),
        field: first.field.clone(),
        errors: if all.len() > 1 { all.iter().map(field_problem).collect() } else { Vec::new() },
        request_id: None,
    }
}

/// The answer to a fault of ours: it gives nothing away.
pub fn broken() -> Response {
    let title = say!("系统出了故障", "Something broke on our side");
    let detail = say!(
        "这是我们的问题，已经记下。请过一会儿再试，已提交的内容没有丢",
        "This is our fault and has been noted. Please try again in a while; what was submitted is not lost"
    );
    let problem = |reader| Problem {
        r#type: "about:blank".to_owned(),
        title: title.to(reader).to_owned(),
        status: 500,
        code: Problem::BROKEN.to_owned(),
        detail: detail.to(reader).to_owned(),
        field: None,
        errors: Vec::new(),
        request_id: None,
    };
    problem_response(StatusCode::INTERNAL_SERVER_ERROR, problem)
}

/// A problem in every language there is. The body is written by `routes/observe.rs`, which knows the id of the request and
/// the language of its reader.
#[derive(Debug, Clone)]
pub struct Told {
    pub zh: Problem,
    pub en: Problem,
}

fn problem_response(status: StatusCode, problem: impl Fn(Language) -> Problem) -> Response {
    let told = Told { zh: problem(Language::Zh), en: problem(Language::En) };
    (status, [(header::CONTENT_TYPE, "application/problem+json")], Extension(told)).into_response()
}
