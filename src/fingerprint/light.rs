use crate::ErrorType;

/// A colour of light.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Colour {
    /// Red.
    Red,
    /// Green.
    Green,
    /// Blue.
    Blue,
    /// Red and green.
    Yellow,
    /// Green and blue.
    Cyan,
    /// Red and blue.
    Purple,
    /// All three.
    White,
}

/// What a light does, until it is told otherwise.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pattern {
    /// Is off.
    Off,
    /// Is on.
    On,
    /// Grows and fades.
    Breathe,
    /// Goes on and off.
    Flash,
    /// Comes on slowly.
    FadeIn,
    /// Goes off slowly.
    FadeOut,
}

/// A sensor with a light that tells the person what to do.
pub trait Light: ErrorType {
    /// Sets the light.
    ///
    /// # Errors
    /// Kind [`Unsupported`](crate::ErrorKind::Unsupported) when this model has
    /// no light; else the line or the sensor failed, or refused the colour.
    fn light(&mut self, pattern: Pattern, colour: Colour) -> Result<(), Self::Error>;
}

impl<T: Light + ?Sized> Light for &mut T {
    fn light(&mut self, pattern: Pattern, colour: Colour) -> Result<(), Self::Error> {
        T::light(self, pattern, colour)
    }
}

/// [`Light`], async.
#[cfg(feature = "async")]
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncLight: ErrorType {
    /// Sets the light.
    ///
    /// # Errors
    /// As [`Light::light`](Light::light).
    async fn light(&mut self, pattern: Pattern, colour: Colour) -> Result<(), Self::Error>;
}

#[cfg(feature = "async")]
impl<T: AsyncLight + ?Sized> AsyncLight for &mut T {
    async fn light(&mut self, pattern: Pattern, colour: Colour) -> Result<(), Self::Error> {
        T::light(self, pattern, colour).await
    }
}
