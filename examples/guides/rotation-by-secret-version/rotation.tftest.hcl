variables {
  phone_number_id = "106540352242922"
  secret          = "483920"
}

run "a_number_is_taken_as_it_is" {
  variables {
    secret_version = "7"
  }

  assert {
    condition     = whatsapp_two_step_verification.this.pin_wo_version == "7"
    error_message = "The version should be the secret's."
  }
}

run "an_id_is_taken_as_it_is" {
  variables {
    secret         = "016253"
    secret_version = "11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = whatsapp_two_step_verification.this.pin_wo_version == "11111111-2222-3333-4444-555555555555"
    error_message = "The version should be the secret's."
  }
}
