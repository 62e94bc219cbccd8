//! How the goods reached their buyer.

use crate::code::coded;

coded! {
    /// The five ways of sale the yearly bulletin counts.
    pub enum Channel {
        UnionProcurement = "union_procurement" "工会采购",
        AssistanceStreet = "assistance_street" "消费帮扶街区",
        OnlinePlatform = "online_platform" "互联网平台",
        SpecialtyStore = "specialty_store" "专营店",
        Fair = "fair" "展会",
    }
}
