//! The imitation Graph API answers as recorded exchanges do, and misbehaves exactly as asked.
//!
//! - [`the_true_answers`]: what is answered when nothing goes wrong
//! - [`lists`]: the numbers of an account, page by page
//! - [`accounts`]: several of them
//! - [`registration`]: registering a number, and asking about a token
//! - [`faults`]: what goes wrong on request
//! - [`catalogue`]: the table of all that it can be asked for
//! - [`the_house`]: https, the back door, the life of the server

mod caller;
#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
// The command line names it as the example does.
use sandbox as api;
#[path = "../../examples/sandbox/options.rs"]
mod options;

mod accounts;
mod catalogue;
mod faults;
mod lists;
mod registration;
mod the_house;
mod the_true_answers;
