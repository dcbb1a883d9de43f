variable "support_pin" {
  description = "Two-step verification PIN of the support number: six digits."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "whatsapp_two_step_verification" "support" {
  phone_number_id = "106540352242922"

  # Never stored in plan or state. A new version sends the PIN again.
  pin_wo         = var.support_pin
  pin_wo_version = "1"
}
