data "whatsapp_phone_numbers" "all" {
  business_account_id = "102290129340398"
}

# The ID of every number, by the number as Meta shows it.
output "phone_number_ids" {
  value = {
    for number in data.whatsapp_phone_numbers.all.phone_numbers :
    number.display_phone_number => number.phone_number_id
  }
}

output "numbers_without_a_pin" {
  value = [
    for number in data.whatsapp_phone_numbers.all.phone_numbers :
    number.display_phone_number if number.is_pin_enabled == false
  ]
}
