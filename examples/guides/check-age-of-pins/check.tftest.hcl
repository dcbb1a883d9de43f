variables {
  phone_number_id = "106540352242922"
  pin             = "483920"
}

run "a_fresh_pin_passes" {
}

run "an_old_pin_fails_the_check" {
  command = plan

  variables {
    oldest_allowed = "-1h"
  }

  expect_failures = [check.the_pin_is_not_too_old]
}
