variable "sales_pin" {
  description = "Two-step verification PIN of the sales number: six digits."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "whatsapp_two_step_verification" "sales" {
  phone_number_id = "106540352242923"
  pin_wo          = var.sales_pin
  pin_wo_version  = "1"
}
