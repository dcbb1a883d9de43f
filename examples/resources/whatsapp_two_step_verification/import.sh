# The ID is the phone number ID that WhatsApp Manager shows, not the phone number.
terraform import whatsapp_two_step_verification.support 106540352242922
