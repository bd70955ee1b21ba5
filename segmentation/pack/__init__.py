"""The pack for the mail house: files by cell with seed addresses, their manifest, and the contact history."""
