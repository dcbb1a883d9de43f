variable "sales_pin" {
  description = "Two-step verification PIN of the sales number: six digits."
  type        = string
  sensitive   = true
}

resource "whatsapp_two_step_verification" "sales" {
  phone_number_id = "106540352242923"
  # Terraform keeps this in its state. From version 1.11 on, use pin_wo instead.
  pin = var.sales_pin
}
