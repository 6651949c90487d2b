use core::fmt;

use bitflags::bitflags;

use super::driving::{is_elsewhere, is_wrong};
use super::{ArchiveNumber, Month, Use};
use crate::civil::Date;
use crate::scan::document::LicenceCore;
use crate::scan::plate::Plate;

/// What is printed on a vehicle licence (机动车行驶证). The fields are the
/// caller's to fill; texts are as printed and borrowed. `Debug` shows neither
/// the owner nor the address.
#[derive(Clone, PartialEq)]
pub struct VehicleLicence<'a> {
    /// 号牌号码.
    pub plate: Plate,
    /// 车辆类型, such as 小型轿车.
    pub kind: &'a str,
    /// 所有人.
    pub owner: &'a str,
    /// 住址.
    pub address: &'a str,
    /// 使用性质.
    pub usage: Use,
    /// 品牌型号.
    pub model: &'a str,
    /// 车辆识别代号: [`vin::Vin`](crate::scan::document::vin::Vin) takes it apart.
    pub vin: &'a str,
    /// 发动机号码.
    pub engine: &'a str,
    /// 注册日期.
    pub registered: Date,
    /// 发证日期.
    pub issued: Date,
    /// What is on the second page.
    pub second: SecondPage<'a>,
}

/// The second page of a vehicle licence (副页).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SecondPage<'a> {
    /// 档案编号.
    pub archive: Option<ArchiveNumber>,
    /// 核定载人数.
    pub seats: Option<u16>,
    /// 总质量, in kg.
    pub total_mass: Option<u32>,
    /// 整备质量, in kg.
    pub kerb_mass: Option<u32>,
    /// 核定载质量, in kg.
    pub load: Option<u32>,
    /// 准牵引总质量, in kg.
    pub towed_mass: Option<u32>,
    /// 外廓尺寸: length, width and height in mm.
    pub size: Option<[u32; 3]>,
    /// 备注.
    pub remarks: &'a str,
    /// Until when the last line of 检验记录 says that the inspection holds.
    pub inspected_until: Option<Month>,
    /// 证芯编号, of the bar code. Whether the rule of its check character is
    /// the driving licence's is not confirmed.
    pub core: Option<LicenceCore>,
}

impl fmt::Debug for VehicleLicence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VehicleLicence")
            .field("plate", &self.plate)
            .field("kind", &self.kind)
            .field("usage", &self.usage)
            .field("registered", &self.registered)
            .field("issued", &self.issued)
            .finish_non_exhaustive()
    }
}

bitflags! {
    /// What does not fit together on a vehicle licence. A person should look
    /// twice; a licence can have it and be good.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct VehicleAdvice: u8 {
        /// The check character of the core number is wrong, by a rule that no
        /// standard confirms.
        const CORE = 1 << 0;
        /// The archive number is of no province that there is.
        const ARCHIVE_AREA = 1 << 1;
        /// The licence was issued before the vehicle was registered.
        const ISSUED = 1 << 2;
        /// A day on it is still to come.
        const FUTURE = 1 << 3;
        /// The month of the inspection is over.
        const INSPECTION = 1 << 4;
        /// There is no such use.
        const USE = 1 << 5;
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for VehicleAdvice {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "VehicleAdvice({=u8:#b})", self.bits());
    }
}

impl VehicleAdvice {
    /// Each point as a sentence, in the order of the flags.
    pub fn sentences(self) -> impl Iterator<Item = &'static str> {
        const SENTENCES: [(VehicleAdvice, &str); 6] = [
            (VehicleAdvice::CORE, "the check character of the core number is wrong"),
            (VehicleAdvice::ARCHIVE_AREA, "the archive number is of no known province"),
            (VehicleAdvice::ISSUED, "issued before the vehicle was registered"),
            (VehicleAdvice::FUTURE, "a day is still to come"),
            (VehicleAdvice::INSPECTION, "the month of the inspection is over"),
            (VehicleAdvice::USE, "no such use"),
        ];
        SENTENCES.into_iter().filter(move |(flag, _)| self.contains(*flag)).map(|(_, text)| text)
    }
}

impl VehicleLicence<'_> {
    /// What does not fit together, on that day.
    #[must_use]
    pub fn advice(&self, today: Date) -> VehicleAdvice {
        let second = &self.second;
        let mut advice = VehicleAdvice::empty();
        advice.set(VehicleAdvice::CORE, is_wrong(second.core));
        advice.set(VehicleAdvice::ARCHIVE_AREA, is_elsewhere(second.archive.as_ref()));
        advice.set(VehicleAdvice::ISSUED, self.issued < self.registered);
        advice.set(VehicleAdvice::FUTURE, today < self.issued.max(self.registered));
        let over = second.inspected_until.is_some_and(|month| month.is_over(today));
        advice.set(VehicleAdvice::INSPECTION, over);
        advice.set(VehicleAdvice::USE, self.usage.name().is_none());
        advice
    }
}
