//! Statements for which Diesel's query language has no words that both databases share, and which run too often to be
//! prepared anew each time, as `diesel::sql_query` and Diesel's updates are.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Text};

/// A text with a question mark for each value; `ST` is the SQL type of the rows it returns.
pub(super) struct Statement<ST = ()> {
    text: &'static str,
    values: Vec<Value>,
    returns: PhantomData<ST>,
}

pub(super) enum Value {
    Text(String),
    Number(i64),
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

/// The values in the order of their question marks.
pub(super) fn statement<ST, const N: usize>(text: &'static str, values: [Value; N]) -> Statement<ST> {
    Statement { text, values: values.into(), returns: PhantomData }
}

impl<ST, DB> QueryFragment<DB> for Statement<ST>
where
    DB: Backend + HasSqlType<Text> + HasSqlType<BigInt>,
    String: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut parts = self.text.split('?');
        out.push_sql(parts.next().unwrap_or_default());
        for (value, part) in self.values.iter().zip(parts) {
            match value {
                Value::Text(text) => out.push_bind_param::<Text, String>(text)?,
                Value::Number(number) => out.push_bind_param::<BigInt, i64>(number)?,
            }
            out.push_sql(part);
        }
        Ok(())
    }
}

impl<ST> QueryId for Statement<ST> {
    type QueryId = ();
    /// Told from others by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for Statement<ST> {
    type SqlType = ST;
}

impl<ST, C> RunQueryDsl<C> for Statement<ST> {}
