# The sandbox knows one token, which stands for the old one and for the new one.
variables {
  business_account_id = "102290129340398"
  numbers             = { support = "106540352242922", sales = "106540352242923" }
  pins                = { support = "483920", sales = "016253" }
  next_token          = ""
}

run "the_old_token_sets_the_pins" {
}

run "a_good_token_may_take_its_place" {
  command = plan

  variables {
    next_token = "sandbox-token"
  }
}

run "a_token_that_meta_does_not_know_may_not" {
  command = plan

  variables {
    next_token = "mistyped-token"
  }

  expect_failures = [
    check.the_next_token_may_do_what_is_needed,
    check.the_next_token_sees_every_number,
  ]
}
