//! The least process there is to compare with: it says one line and ends.

fn main() {
    println!("hello");
}
