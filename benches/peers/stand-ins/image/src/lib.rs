//! What crate `aamva` names of `image`. It takes no picture for one.

#[derive(Debug)]
pub enum DynamicImage {}

impl DynamicImage {
    pub fn to_luma8(&self) -> GrayImage {
        match *self {}
    }
}

pub enum GrayImage {}

impl GrayImage {
    pub fn width(&self) -> u32 {
        match *self {}
    }

    pub fn height(&self) -> u32 {
        match *self {}
    }

    pub fn into_raw(self) -> Vec<u8> {
        match self {}
    }
}

pub fn load_from_memory(_bytes: &[u8]) -> Result<DynamicImage, String> {
    Err("a stand-in".into())
}
