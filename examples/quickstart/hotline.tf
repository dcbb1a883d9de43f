variable "hotline_pin" {
  description = "Two-step verification PIN of the hotline: six digits."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "whatsapp_two_step_verification" "hotline" {
  phone_number_id = "106540352242924"
  pin_wo          = var.hotline_pin
  pin_wo_version  = "1"

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.whatsapp_register_phone_number.hotline]
    }
  }
}

action "whatsapp_register_phone_number" "hotline" {
  config {
    phone_number_id = "106540352242924"
    pin             = var.hotline_pin
  }
}
