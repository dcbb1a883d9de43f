variables {
  phone_number_id = "106540352242922"
  pin             = "483920"
}

run "before_the_move_two_step_verification_is_on" {
  assert {
    condition     = output.may_move == false
    error_message = "A number with a PIN cannot move."
  }
}

run "then_it_is_to_be_left_off" {
  variables {
    keep_enabled = false
  }

  assert {
    condition     = whatsapp_two_step_verification.moving.keep_enabled == false
    error_message = "Terraform should be told to leave two-step verification off."
  }
}

# Meanwhile it is switched off in WhatsApp Manager, and the number moves. In the sandbox, another of its
# numbers stands for the one that has moved.
run "after_the_move_the_number_with_its_new_id_gets_the_pin" {
  variables {
    phone_number_id = "106540352242923"
  }

  assert {
    condition     = whatsapp_two_step_verification.moving.id == "106540352242923"
    error_message = "The moved number should have taken the place of the old one."
  }

  assert {
    condition     = output.may_move == false
    error_message = "The moved number should have its PIN."
  }
}
