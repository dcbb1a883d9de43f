variables {
  business_account_id = "102290129340398"
}

run "a_number_without_a_pin_fails_the_check" {
  command = plan

  expect_failures = [check.every_number_has_a_pin]
}

run "numbers_that_may_be_without_one_pass" {
  command = plan

  variables {
    except = ["106540352242922", "106540352242923", "106540352242924"]
  }
}
