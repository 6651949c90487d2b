//! EMV: TLV, data elements, and the contact payment flow.
