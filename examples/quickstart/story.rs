//! The story: each step says what is to happen, lets it happen, and checks that it did.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::Outcome;
use crate::cli::{Cli, Feature, Product};
use crate::folder::Folder;
use crate::interrupt::Interrupts;
use crate::sandbox::{DEFAULT_TOKEN, Event, PhoneNumber, Sandbox};
use crate::stage::Stage;
use crate::terraform::Terraform;

/// Tells the whole story; fails at the first step that does not do what it says.
pub(crate) fn tell(stage: Stage, cli: &Cli, folder: Folder, interrupts: Interrupts) -> Outcome<()> {
    let mut story = Story::new(stage, cli, folder, interrupts);
    story.introduce(cli)?;
    story.install()?;
    story.set_a_pin()?;
    story.plan_again()?;
    story.change_the_pin()?;
    story.repair()?;
    story.import()?;
    story.set_the_imported_pin()?;
    if story.actions {
        story.register()?;
    }
    story.destroy()?;
    story.close()
}

struct Story {
    stage: Stage,
    folder: Folder,
    sandbox: Sandbox,
    terraform: Terraform,
    product: Product,
    write_only: bool,
    actions: bool,
}

impl Story {
    fn new(stage: Stage, cli: &Cli, folder: Folder, interrupts: Interrupts) -> Self {
        let sales = PhoneNumber::new(SALES, "+1 555-010-0002").with_pin("271828");
        let hotline = PhoneNumber::new(HOTLINE, "+1 555-010-0003").fresh();
        let sandbox = Sandbox::builder()
            .number(SUPPORT, "+1 555-010-0001")
            .with_number(sales)
            .with_number(hotline)
            .start();
        let (url, colours) = (sandbox.base_url(), stage.is_coloured());
        let settings = folder.settings();
        let terraform = Terraform::new(&settings, url, DEFAULT_TOKEN, colours, interrupts);
        let product = cli.product;
        let (write_only, actions) = (cli.has(Feature::WriteOnly), cli.has(Feature::Actions));
        Self { stage, folder, sandbox, terraform, product, write_only, actions }
    }

    fn introduce(&self, cli: &Cli) -> Outcome {
        self.stage.say(&format!(
            "{cli} will work in {}.\n\
             An imitation of Meta's Graph API listens on {}:\n\
             nothing leaves this machine.",
            self.folder.path().display(),
            self.sandbox.base_url()
        ))?;
        if !self.write_only {
            self.stage.say(&format!(
                "{cli} has no write-only arguments: they came with 1.11. So the PINs\n\
                 are given as `pin`, which Terraform keeps in its state, and not as `pin_wo`,\n\
                 which it never stores."
            ))?;
        }
        Ok(())
    }

    fn install(&self) -> Outcome {
        self.stage.title("1. Install the provider")?;
        self.stage.say(
            "Terraform installs the provider that was just built, from a folder instead of\n\
             a registry.",
        )?;
        self.folder.add(MAIN)?;
        self.run(&["init"])?;
        Ok(())
    }

    fn set_a_pin(&mut self) -> Outcome {
        self.stage.title("2. Set a PIN")?;
        self.stage.say(&format!(
            "{MAIN} declares the PIN of phone number ID {SUPPORT}; apply sends it to\n\
             the API, once. The PIN comes from an environment variable, as in a pipeline."
        ))?;
        self.export("TF_VAR_support_pin", FIRST_PIN)?;
        let calls = self.apply("1 added, 0 changed, 0 destroyed")?;
        self.expect(posts(&calls) == 1, "one POST")?;
        self.expect_pin(SUPPORT, FIRST_PIN)
    }

    fn plan_again(&self) -> Outcome {
        self.stage.title("3. Plan again")?;
        self.stage.say(
            "Nothing has changed, so the plan is empty (exit code 0). Terraform only asks\n\
             whether two-step verification is still on: the API never shows the PIN itself.",
        )?;
        let (text, calls) = self.run(&["plan", "-detailed-exitcode"])?;
        self.expect(text.contains("No changes."), "an empty plan")?;
        self.expect(posts(&calls) == 0, "no POST")
    }

    fn change_the_pin(&mut self) -> Outcome {
        self.stage.title("4. Change the PIN")?;
        if self.write_only {
            self.stage.say(
                "Terraform stores nothing of pin_wo, so it cannot see that the PIN is another\n\
                 one. A new pin_wo_version says so: the PIN is sent again, in place.",
            )?;
            self.edit("  pin_wo_version  = \"1\"", "  pin_wo_version  = \"2\"")?;
        } else {
            self.stage
                .say("Terraform sees that `pin` has another value, and sends it in place.")?;
        }
        self.export("TF_VAR_support_pin", SECOND_PIN)?;
        let calls = self.apply("0 added, 1 changed, 0 destroyed")?;
        self.expect(posts(&calls) == 1, "one POST")?;
        self.expect_pin(SUPPORT, SECOND_PIN)
    }

    fn repair(&self) -> Outcome {
        self.stage.title("5. Repair what somebody switched off")?;
        self.stage.say(
            "Somebody switches two-step verification off in WhatsApp Manager. The next apply\n\
             finds that out, warns, and sets the PIN again.",
        )?;
        self.sandbox.switch_pin_off(SUPPORT);
        self.let_an_hour_pass()?;
        let (text, _) = self.run(&APPLY)?;
        self.expect(text.contains(SWITCHED_OFF), "a warning that it is off")?;
        self.expect(text.contains("0 added, 1 changed, 0 destroyed"), "the PIN set again")?;
        self.expect_pin(SUPPORT, SECOND_PIN)
    }

    /// The provider believes its own POST for two minutes. Nobody wants to wait that long here.
    fn let_an_hour_pass(&self) -> Outcome {
        let state: Value = serde_json::from_str(&self.folder.read(STATE)?)?;
        let set_at = &state["resources"][0]["instances"][0]["attributes"]["last_set_at"];
        let set_at = set_at.as_str().ok_or("the state has no last_set_at.")?;
        let earlier = SystemTime::now() - Duration::from_secs(60 * 60);
        let earlier = humantime::format_rfc3339_seconds(earlier).to_string();
        self.stage.say(
            "\nMeta shows a new PIN late, so for two minutes after setting one the provider\n\
             does not believe \"off\". This story does not wait: it puts the time in the state\n\
             back by an hour, which you would never do.",
        )?;
        self.stage.change(STATE, set_at, &earlier)?;
        self.folder.edit(STATE, set_at, &earlier)
    }

    fn import(&mut self) -> Outcome {
        self.stage.title("6. Import a number that has a PIN already")?;
        self.stage.say(&format!(
            "Somebody gave phone number ID {SALES} a PIN by hand. sales.tf declares\n\
             the number, and import takes it over. Nothing is sent yet."
        ))?;
        self.folder.add("sales.tf")?;
        self.export("TF_VAR_sales_pin", SALES_PIN)?;
        let (_, calls) = self.run(&["import", "whatsapp_two_step_verification.sales", SALES])?;
        self.expect(posts(&calls) == 0, "no POST")
    }

    fn set_the_imported_pin(&self) -> Outcome {
        self.stage.title("7. Apply after the import")?;
        self.stage.say(
            "Nobody can read which PIN the number has. So the first apply sends the\n\
             configured one, and the plan says so.",
        )?;
        let calls = self.apply("0 added, 1 changed, 0 destroyed")?;
        self.expect(posts(&calls) == 1, "one POST")?;
        self.expect_pin(SALES, SALES_PIN)
    }

    /// Only for clients that have actions.
    fn register(&mut self) -> Outcome {
        self.stage.title("8. Register a number")?;
        self.stage.say(&format!(
            "Phone number ID {HOTLINE} was bought and verified; it sends messages only once\n\
             it is registered. hotline.tf gives it its first PIN, and an action registers it with\n\
             the same one: after the create, once, and never by itself again."
        ))?;
        self.folder.add("hotline.tf")?;
        self.export("TF_VAR_hotline_pin", HOTLINE_PIN)?;
        let calls = self.apply("1 added, 0 changed, 0 destroyed")?;
        let registrations = calls.iter().filter(|call| call.path.ends_with("/register")).count();
        self.expect(registrations == 1, "one registration")?;
        self.expect_pin(HOTLINE, HOTLINE_PIN)?;
        let (text, calls) = self.run(&["plan", "-detailed-exitcode"])?;
        self.expect(text.contains("No changes.") && posts(&calls) == 0, "nothing more to do")
    }

    fn destroy(&self) -> Outcome {
        let (step, numbers, how_many) =
            if self.actions { (9, "all three", "3") } else { (8, "both", "2") };
        self.stage.title(&format!("{step}. Destroy"))?;
        self.stage.say(&format!(
            "The API cannot turn two-step verification off. So Terraform forgets the numbers\n\
             and warns. It looks at each number once more; nothing else is sent, and {numbers}\n\
             keep their PINs."
        ))?;
        let (text, calls) = self.run(&["destroy", "-auto-approve"])?;
        self.expect(text.contains(STAYS_ON), "a warning that two-step verification stays on")?;
        self.expect(text.contains(&format!("{how_many} destroyed")), "the resources forgotten")?;
        self.expect(calls.iter().all(|call| call.method == "GET"), "no call but GET")?;
        self.expect_pin(SUPPORT, SECOND_PIN)?;
        self.expect_pin(SALES, SALES_PIN)
    }

    fn close(&self) -> Outcome {
        self.stage.title("Done: every step did what it said")?;
        let folder = self.folder.path().display();
        Ok(self.stage.say(&format!("{folder}\n{REAL_ACCOUNT}"))?)
    }

    fn apply(&self, result: &str) -> Outcome<Vec<Event>> {
        let (text, calls) = self.run(&APPLY)?;
        self.expect(text.contains(result), result)?;
        Ok(calls)
    }

    /// Runs a command that must succeed, and gives its output and the calls it made.
    fn run(&self, arguments: &[&str]) -> Outcome<(String, Vec<Event>)> {
        let command = format!("{} {}", self.product.command(), arguments.join(" "));
        self.stage.command(&command)?;
        self.sandbox.forget_events();
        let ended = self.terraform.run(self.folder.path(), arguments)?;
        let calls = self.sandbox.events();
        self.stage.calls(&calls)?;
        match ended.code {
            Some(0) => Ok((ended.text, calls)),
            Some(code) => Err(format!("`{command}` ended with exit code {code}.").into()),
            None => Err(format!("`{command}` was killed.").into()),
        }
    }

    fn export(&mut self, name: &str, value: &str) -> Outcome {
        self.terraform.export(name, value);
        Ok(self.stage.command(&format!("export {name}={value}"))?)
    }

    fn edit(&self, old: &str, new: &str) -> Outcome {
        self.stage.change(MAIN, old, new)?;
        self.folder.edit(MAIN, old, new)
    }

    fn expect_pin(&self, number: &str, pin: &str) -> Outcome {
        self.expect(self.sandbox.pin(number).as_deref() == Some(pin), "the configured PIN in force")
    }

    fn expect(&self, satisfied: bool, what: &str) -> Outcome {
        let problem = || format!("this step should have brought {what}, and did not.");
        if satisfied { Ok(()) } else { Err(problem().into()) }
    }
}

fn posts(calls: &[Event]) -> usize {
    calls.iter().filter(|call| call.is_post()).count()
}

const MAIN: &str = "main.tf";
const STATE: &str = "terraform.tfstate";

const APPLY: [&str; 2] = ["apply", "-auto-approve"];

const SUPPORT: &str = "106540352242922";
const SALES: &str = "106540352242923";
const HOTLINE: &str = "106540352242924";

const FIRST_PIN: &str = "048213";
const SECOND_PIN: &str = "739150";
const SALES_PIN: &str = "562904";
const HOTLINE_PIN: &str = "384617";

const SWITCHED_OFF: &str = "Two-Step Verification Is Off";
const STAYS_ON: &str = "Two-Step Verification Stays On";

const REAL_ACCOUNT: &str = "\
has the files that Terraform worked with; the next run replaces them.

With a real account:
  1. Copy examples/quickstart/main.tf and write your phone number ID into it.
  2. Install the provider from your build, as README.md shows.
  3. export WHATSAPP_ACCESS_TOKEN=...   a system user's token; README.md says how to get it
     export TF_VAR_support_pin=...      the PIN that the number shall have
     unset WHATSAPP_BASE_URL            so that Meta is called
  4. terraform plan, then terraform apply

To play on without an account: cargo run --example sandbox";
