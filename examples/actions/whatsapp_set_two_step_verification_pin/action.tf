variable "pin" {
  description = "Two-step verification PIN of the number: six digits."
  type        = string
  ephemeral   = true
  sensitive   = true
}

# terraform apply -invoke=action.whatsapp_set_two_step_verification_pin.emergency
action "whatsapp_set_two_step_verification_pin" "emergency" {
  config {
    phone_number_id = "106540352242922"
    pin             = var.pin
  }
}
