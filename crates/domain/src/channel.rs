//! How the goods reached their buyer.

use crate::code::coded;

coded! {
    /// The five ways of sale the yearly bulletin counts.
    pub enum Channel {
        UnionProcurement = "union_procurement" "工会采购" "Union procurement",
        AssistanceStreet = "assistance_street" "消费帮扶街区" "Assistance street",
        OnlinePlatform = "online_platform" "互联网平台" "Online platform",
        SpecialtyStore = "specialty_store" "专营店" "Speciality shop",
        Fair = "fair" "展会" "Fair",
    }
}

impl Channel {
    /// What an order is called in Chinese: 采购单 is a union's word. English has one for both.
    pub fn order_zh(self) -> &'static str {
        match self {
            Channel::UnionProcurement => "采购单",
            Channel::AssistanceStreet | Channel::OnlinePlatform | Channel::SpecialtyStore | Channel::Fair => "订单",
        }
    }
}
