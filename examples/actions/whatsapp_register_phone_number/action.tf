variable "pin" {
  description = "Two-step verification PIN of the number: six digits."
  type        = string
  ephemeral   = true
  sensitive   = true
}

# The resource sets the PIN, and its first apply registers the number with it.
resource "whatsapp_two_step_verification" "support" {
  phone_number_id = "106540352242922"
  pin_wo          = var.pin
  pin_wo_version  = "1"

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.whatsapp_register_phone_number.support]
    }
  }
}

# By hand: terraform apply -invoke=action.whatsapp_register_phone_number.support
action "whatsapp_register_phone_number" "support" {
  config {
    phone_number_id    = "106540352242922"
    pin                = var.pin
    wait_for_connected = "1m"
  }
}
