/// The code of an ethnic group (民族, GB/T 3304): 01 to 56; 97 for others, 98
/// for those of foreign descent.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Nation(
    /// The code.
    pub u8,
);

/// In the order of their codes, from 01.
const NAMES: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

impl Nation {
    /// Its name, as printed on the card; `None` if the code is not given out.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self.0 {
            97 => Some("其他"),
            98 => Some("外国血统中国籍人士"),
            code => NAMES.get(usize::from(code.checked_sub(1)?)).copied(),
        }
    }
}
