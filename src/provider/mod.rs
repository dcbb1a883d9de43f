//! The WhatsApp provider.
