//! The imitation Graph API answers as recorded exchanges do, and misbehaves exactly as asked.
//!
//! - [`the_true_answers`]: what is answered when nothing goes wrong
//! - [`lists`]: the numbers of an account, page by page
//! - [`faults`]: what goes wrong on request
//! - [`the_house`]: https, the back door, the life of the server

mod caller;
#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;

mod faults;
mod lists;
mod registration;
mod the_house;
mod the_true_answers;
