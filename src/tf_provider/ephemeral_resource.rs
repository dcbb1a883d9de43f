//! What the author of an ephemeral resource implements.

use std::{future::Future, time::SystemTime};

use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::outcome::Outcome;
use crate::tf_provider::schema::Block;

/// An ephemeral resource: its values are never stored. Terraform opens it in plan and again in
/// apply, and closes it at the end of each.
pub trait EphemeralResource: Send + Sync + 'static {
    /// What the provider's `configure` makes.
    type Client: Send + Sync + 'static;
    /// The attributes.
    type Model: Block;

    /// The type name in HCL, with the provider's prefix.
    fn type_name(&self) -> &'static str;

    /// Checks a configuration. Unknown values must pass.
    fn validate(&self, config: &Self::Model) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Opens. The result is wholly known and repeats what was configured.
    fn open(
        &self,
        context: &Context<Self::Client>,
        config: Self::Model,
    ) -> impl Future<Output = Outcome<Opened<Self::Model>>> + Send;

    /// Extends a lease; called at about the [`Lease`]'s time.
    fn renew(
        &self,
        context: &Context<Self::Client>,
        private: Vec<u8>,
    ) -> impl Future<Output = Outcome<Option<Lease>>> + Send {
        let _ = (context, private);
        let forgotten = format!(
            "{} handed out a lease that ends and does not renew it. Implement renew, or hand out a \
             lease that holds until it is closed.",
            self.type_name()
        );
        async move { Err(Diagnostic::bug(forgotten).into()) }
    }

    /// Closes; `private` is that of the opening.
    fn close(
        &self,
        context: &Context<Self::Client>,
        private: Vec<u8>,
    ) -> impl Future<Output = Outcome<()>> + Send {
        let _ = (context, private);
        async { Ok(().into()) }
    }
}

/// What an ephemeral resource opened.
#[derive(Debug)]
#[non_exhaustive]
pub struct Opened<M> {
    /// The values.
    pub result: M,
    /// What is needed to renew and close; none if neither has to be done.
    pub lease: Option<Lease>,
}

impl<M> Opened<M> {
    /// Values that hold for the whole run.
    pub fn new(result: M) -> Self {
        Self { result, lease: None }
    }

    /// Values that have to be renewed, or closed.
    #[must_use]
    pub fn with_lease(mut self, lease: Lease) -> Self {
        self.lease = Some(lease);
        self
    }
}

/// Until when the values hold, and what the provider needs to know later.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Lease {
    /// When to renew; never if the values hold until they are closed.
    pub renew_at: Option<SystemTime>,
    /// Handed back to renew and close. Not a place for secrets that outlive the run.
    pub private: Vec<u8>,
}

impl Lease {
    /// A lease that ends unless it is renewed at `renew_at`, for which
    /// [`renew`](EphemeralResource::renew) is there.
    pub fn new(renew_at: SystemTime, private: impl Into<Vec<u8>>) -> Self {
        Self { renew_at: Some(renew_at), private: private.into() }
    }

    /// A lease of what only has to be closed.
    pub fn until_closed(private: impl Into<Vec<u8>>) -> Self {
        Self { renew_at: None, private: private.into() }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    crate::model! {
        /// What somebody opens and forgets.
        struct Nothing {}
    }

    struct Forgetful;

    impl EphemeralResource for Forgetful {
        type Client = ();
        type Model = Nothing;

        fn type_name(&self) -> &'static str {
            "library_nothing"
        }

        async fn open(&self, _: &Context<()>, config: Nothing) -> Outcome<Opened<Nothing>> {
            Ok(Opened::new(config).with_lease(Lease::new(SystemTime::now(), [])).into())
        }
    }

    #[tokio::test]
    async fn an_author_who_forgot_to_renew_is_told_what_to_write() {
        let context = Context::new(Arc::new(()), Default::default());
        let opened = Forgetful.open(&context, Nothing::default()).await.expect("it opens");
        let lease = opened.value.lease.expect("it ends");
        let told = Forgetful.renew(&context, lease.private).await.expect_err("nothing renews it");
        let told: Vec<_> = told.iter().map(Diagnostic::detail).collect();
        assert!(told[0].contains("library_nothing") && told[0].contains("Implement renew"));
    }
}
