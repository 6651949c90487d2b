//! A look into memory, to see that a secret was overwritten.

/// Whether these bytes stand anywhere in a value, also where it says that it
/// holds nothing. What it points to is not looked at.
pub fn holds<T>(value: &T, bytes: &[u8]) -> bool {
    let begin = std::ptr::from_ref(value).cast::<u8>();
    // SAFETY: all of it lies within the value. Bytes that mean nothing may be
    // any, so they are read volatile and only compared.
    let byte = |at| unsafe { begin.add(at).read_volatile() };
    let memory: Vec<u8> = (0..size_of::<T>()).map(byte).collect();
    memory.windows(bytes.len()).any(|part| part == bytes)
}
