//! Bytes as the vectors have them, for all second implementations.

/// Each field behind its length in 32 bits.
pub(crate) fn list(fields: &[&[u8]]) -> Vec<u8> {
    fields
        .iter()
        .flat_map(|field| {
            let length = u32::try_from(field.len()).unwrap().to_be_bytes();
            [&length[..], field].concat()
        })
        .collect()
}

pub(crate) fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
