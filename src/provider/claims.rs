//! Which objects of one plan a phone number belongs to. A number has one PIN, so one resource: two
//! would take turns in setting theirs.

/// How an object of a plan has to do with a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Claim {
    /// It is in the state already and keeps the number; its apply sends its PIN, or sends nothing.
    Kept {
        /// Whether its PIN is sent.
        sends: bool,
    },
    /// It is new, or gets this number in the place of another one.
    New,
    /// It is in the state, and gives the number up.
    Left,
}

/// Two objects that cannot both be right.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Conflict {
    /// Both are new.
    TwoNew,
    /// Both are in the state and stay.
    TwoKept,
    /// One is new, and the other is in the state and stays.
    NewBesideKept,
    /// One stays without sending its PIN, and the other goes: the number may have the PIN of either.
    LeftBesideKept,
}

/// All claims to one number in one plan, in whatever order they come.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Claims {
    new: bool,
    kept: bool,
    kept_silently: bool,
    left: bool,
}

impl Claims {
    /// Notes a claim. Terraform plans each object once; the second plan of a replacement is none.
    pub(crate) fn add(&mut self, claim: Claim) -> Option<Conflict> {
        let before = *self;
        match claim {
            Claim::New => self.new = true,
            Claim::Left => self.left = true,
            Claim::Kept { sends } => {
                self.kept = true;
                self.kept_silently |= !sends;
            }
        }
        match claim {
            Claim::New if before.new => Some(Conflict::TwoNew),
            Claim::New if before.kept => Some(Conflict::NewBesideKept),
            Claim::Kept { .. } if before.kept => Some(Conflict::TwoKept),
            Claim::Kept { .. } if before.new => Some(Conflict::NewBesideKept),
            Claim::Kept { sends: false } if before.left => Some(Conflict::LeftBesideKept),
            Claim::Left if before.kept_silently => Some(Conflict::LeftBesideKept),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENT: Claim = Claim::Kept { sends: false };
    const SENDING: Claim = Claim::Kept { sends: true };

    #[test]
    fn two_claims_conflict_in_either_order_unless_the_pin_of_what_stays_is_sent() {
        use Claim::{Left, New};
        for (one, other, conflict) in [
            (New, New, Some(Conflict::TwoNew)),
            (New, SILENT, Some(Conflict::NewBesideKept)),
            (New, SENDING, Some(Conflict::NewBesideKept)),
            (SILENT, SILENT, Some(Conflict::TwoKept)),
            (SILENT, SENDING, Some(Conflict::TwoKept)),
            (SENDING, SENDING, Some(Conflict::TwoKept)),
            (Left, SILENT, Some(Conflict::LeftBesideKept)),
            (Left, SENDING, None),
            (Left, New, None),
            (Left, Left, None),
        ] {
            for (first, second) in [(one, other), (other, one)] {
                let mut claims = Claims::default();
                assert_eq!(claims.add(first), None);
                assert_eq!(claims.add(second), conflict, "{first:?}, {second:?}");
            }
        }
    }
}
