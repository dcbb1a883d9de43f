mock_provider "whatsapp" {
  mock_data "whatsapp_phone_number" {
    defaults = {
      phone_number_id = "106540352242922" # digits: the provider checks it, mocked or not
      status          = "CONNECTED"
    }
  }

  mock_resource "whatsapp_two_step_verification" {
    defaults = {
      last_set_at = "2026-01-01T00:00:00Z" # a time: the module counts on it
    }
  }
}

variables {
  business_account_id  = "102290129340398"
  display_phone_number = "+1 555-010-0001"
  pin                  = "483920"
  pin_version          = "1"
}

run "the_number_that_was_found_gets_the_pin" {
  assert {
    condition     = whatsapp_two_step_verification.this.phone_number_id == "106540352242922"
    error_message = "The PIN should be that of the number that was looked up."
  }

  assert {
    condition     = output.due_at == "2027-01-01T00:00:00Z"
    error_message = "A PIN should be due after a year."
  }
}

run "a_number_that_is_not_connected_is_refused" {
  command = plan

  override_data {
    target = data.whatsapp_phone_number.this
    values = {
      phone_number_id = "106540352242922"
      status          = "DISCONNECTED"
    }
  }

  expect_failures = [whatsapp_two_step_verification.this]
}
