"""Personal data: where a person is named, erasing them everywhere, how long texts are kept, who was told what."""
