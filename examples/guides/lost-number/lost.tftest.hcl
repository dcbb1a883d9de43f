# No number is lost in the sandbox by itself. What the steps do while one is missing, this provider's own
# tests show.
variables {
  numbers = { support = "106540352242922", sales = "106540352242923" }
  pins    = { support = "483920", sales = "016253" }
}

run "both_numbers_are_there" {
  assert {
    condition     = length(whatsapp_two_step_verification.this) == 2
    error_message = "Both numbers should have been declared."
  }
}

run "the_others_go_on_while_one_is_missing" {
  variables {
    missing_number = "warn"
  }
}

run "a_number_that_is_gone_is_taken_out" {
  variables {
    missing_number = "warn"
    numbers        = { support = "106540352242922" }
  }

  assert {
    condition     = length(whatsapp_two_step_verification.this) == 1
    error_message = "The state should have forgotten the lost number."
  }
}
