variables {
  phone_number_id = "106540352242922"
  pin             = "483920"
}

run "the_first_quarter" {
  variables {
    now = "2026-03-31T23:59:59Z"
  }

  assert {
    condition     = whatsapp_two_step_verification.this.pin_wo_version == "2026-Q1"
    error_message = "March belongs to the first quarter."
  }
}

run "the_next_quarter_sends_a_new_pin" {
  variables {
    now = "2026-04-01T00:00:00Z"
    pin = "016253"
  }

  assert {
    condition     = whatsapp_two_step_verification.this.pin_wo_version == "2026-Q2"
    error_message = "April belongs to the second quarter."
  }
}

run "a_real_run_takes_the_time_of_its_plan" {
  command = plan

  assert {
    condition     = whatsapp_two_step_verification.this.pin_wo_version != "2026-Q2"
    error_message = "The version should follow the calendar."
  }
}
