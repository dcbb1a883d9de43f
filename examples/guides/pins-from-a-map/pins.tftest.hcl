variables {
  numbers = {
    support = { phone_number_id = "106540352242922", pin_version = 1 }
    sales   = { phone_number_id = "106540352242923", pin_version = 1 }
  }
  pins = { support = "483920", sales = "016253" }
}

run "every_number_gets_its_pin" {
  assert {
    condition     = length(whatsapp_two_step_verification.this) == 2
    error_message = "Each number of the map needs a resource."
  }
}

run "a_raised_version_sends_one_pin_again" {
  variables {
    numbers = {
      support = { phone_number_id = "106540352242922", pin_version = 1 }
      sales   = { phone_number_id = "106540352242923", pin_version = 2 }
    }
    pins = { support = "483920", sales = "725163" }
  }

  assert {
    condition     = whatsapp_two_step_verification.this["sales"].pin_wo_version == "2"
    error_message = "The version of the changed PIN should have been stored."
  }
}
