# By the number as people write it, with its country code. Only digits are compared.
data "whatsapp_phone_number" "support" {
  business_account_id  = "102290129340398"
  display_phone_number = "+1 555-010-0001"
}

# By its ID.
data "whatsapp_phone_number" "sales" {
  phone_number_id = "106540352242923"
}

output "support_phone_number_id" {
  value = data.whatsapp_phone_number.support.phone_number_id
}

output "sales_has_a_pin" {
  value = data.whatsapp_phone_number.sales.is_pin_enabled
}
