# For an emergency: nothing triggers it, and it runs only when somebody invokes it by name.

action "whatsapp_set_two_step_verification_pin" "emergency" {
  config {
    phone_number_id = var.phone_number_id
    pin             = var.pin
  }
}
